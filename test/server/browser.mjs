// The console in a real browser, for 090_console.pl: node browser.mjs CHROMIUM URL SECRET. Prints TAP.

import { chromium } from 'playwright-core'

const [executablePath, url, secret] = process.argv.slice(2)
let count = 0
const ok = (good, name, detail) => {
  console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`)
  if (!good) for (const line of JSON.stringify(detail ?? null, null, 1).split('\n')) console.log(`# ${line}`)
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage()
page.setDefaultTimeout(20000)
const complaints = []
const strangers = []
// refusals that are asked for are the browser's errors, too
page.on('console', (message) => message.type() === 'error' && !/status of 40[0134]/.test(message.text()) && complaints.push(message.text()))
page.on('pageerror', (error) => complaints.push(String(error)))
page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${url}/`) && strangers.push(request.url()))

// presses "Load schema" and waits for the introspection's answer
const load = async () => {
  const schema = page.waitForResponse((response) => /__schema/.test(response.request().postData() ?? ''))
  await page.getByRole('button', { name: 'Load schema' }).click()
  return (await schema).json()
}
const types = (answer) => (answer.data?.__schema.types ?? []).map((type) => type.name)

// types a query, runs it, and returns what the result's pane shows
const run = async (query) => {
  await page.locator('.graphiql-query-editor .CodeMirror').click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(query)
  const answer = page.waitForResponse((response) => (response.request().postData() ?? '').includes(JSON.stringify(query).slice(1, -1)))
  await page.getByRole('button', { name: /^Execute query/ }).click()
  await answer
  const result = page.locator('.result-window')
  await result.getByText(/"(data|errors)"/).first().waitFor()
  return (await result.locator('.CodeMirror-code').innerText()).replaceAll(/[\u200b\u00a0]/g, '')
}

try {
  await page.goto(`${url}/console`)
  await page.getByRole('form', { name: 'Sign in' }).waitFor()
  ok(true, 'without a secret, the page asks for one')
  await page.getByLabel('Admin secret').fill('another')
  await page.getByRole('form', { name: 'Sign in' }).getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: 'invalid' }).waitFor()
  ok(true, 'a wrong one is refused, with the reason')
  await page.getByLabel('Admin secret').fill(secret)
  await page.getByRole('form', { name: 'Sign in' }).getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor()
  ok(true, 'the page shows GraphiQL')

  const all = types(await load())
  ok(all.includes('users') && all.includes('hidden'), 'with the secret, the schema has all tables', all)
  const rows = await run('{ users(order_by: {id: asc}) { name } }')
  ok(/user 1/.test(rows) && /user 2/.test(rows), 'a query runs, and the answer stands beside it', rows)
  await page.getByRole('button', { name: 'Hide GraphiQL Explorer' }).waitFor()
  await page.locator('.docExplorerWrap').getByText('users_by_pk').waitFor()
  ok(true, 'the explorer has the root fields')

  await page.getByRole('button', { name: 'Show Explain' }).click()
  await page.getByRole('button', { name: 'Run and count' }).click()
  const explained = page.getByRole('region', { name: 'Explain' })
  await explained.getByText(/ms, 0 requests/).waitFor()
  ok(/users: SQL/.test(await explained.innerText()) && /public\.users/.test(await explained.innerText()), 'Explain shows the statement, and what a run took', await explained.innerText())

  await page.getByLabel('Role', { exact: true }).fill('member')
  await page.getByLabel('Session variables and headers').fill('nonsense')
  await page.getByRole('button', { name: 'Load schema' }).click()
  await page.getByRole('alert').filter({ hasText: 'Line 1' }).waitFor()
  ok(true, 'a line that is no header is told')
  await page.getByLabel('Session variables and headers').fill('x-hasura-user-id: 2')
  const some = types(await load())
  ok(some.includes('users') && !some.includes('hidden'), 'a role is picked: the schema is its own', some)
  const mine = await run('{ users { id name } }')
  ok(/user 2/.test(mine) && !/user 1/.test(mine), '… and so are the rows, by the session variable', mine)

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
  await page.getByRole('link', { name: 'query_root' }).click()
  await page.getByRole('link', { name: 'users', exact: true }).first().waitFor()
  ok((await page.getByRole('link', { name: 'hidden', exact: true }).count()) === 0, '… and the documentation')

  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
  ok(!kept.includes(secret), 'the secret is kept nowhere')
  ok(complaints.length === 0, 'the browser has nothing to complain about', complaints)
  ok(strangers.length === 0, 'nothing is asked of others', strangers)
} catch (error) {
  ok(false, 'the browser goes on', [String(error), ...complaints])
}
await browser.close()
console.log(`1..${count}`)
