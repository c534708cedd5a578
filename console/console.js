// GraphiQL with fields for who is asking. The secret stays in this page's memory: it is neither stored nor put into a URL.
'use strict'

const field = (id) => document.getElementById(id).value.trim()

const whoHeaders = () => {
  const headers = {}
  if (field('secret')) headers['x-hasura-admin-secret'] = field('secret')
  if (field('token')) headers.authorization = `Bearer ${field('token')}`
  if (field('role')) headers['x-hasura-role'] = field('role')
  return headers
}

const fetcher = async (request, options) => {
  const response = await fetch('/v1/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...whoHeaders(), ...(options?.headers ?? {}) },
    body: JSON.stringify(request)
  })
  return response.json()
}

const root = ReactDOM.createRoot(document.getElementById('graphiql'))
let shown = 0

// another key is another GraphiQL, which asks for the schema of the role chosen now
const show = () =>
  root.render(
    React.createElement(GraphiQL, {
      key: shown++,
      fetcher,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: true,
      defaultQuery: '# Tables and remote schemas, as the role above may see them.\n'
    })
  )

document.getElementById('who').addEventListener('submit', (event) => {
  event.preventDefault()
  show()
})
show()
