// The console in a real browser, for 090_console.pl: node browser.mjs CHROMIUM URL SECRET YOGA PICTURES. Prints TAP.
// The parts in browser/ go through the pages one after the other, each from where the one before left.

import { mkdir } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const [executablePath, url, secret, yoga, pictures] = process.argv.slice(2)
let count = 0
const ok = (good, name, detail) => {
  console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`)
  if (!good) for (const line of JSON.stringify(detail ?? null, null, 1).split('\n')) console.log(`# ${line}`)
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 1200, height: 800 } })
await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
page.setDefaultTimeout(60000)
const complaints = []
const strangers = []
// refusals that are asked for are the browser's errors, too
page.on('console', (message) => message.type() === 'error' && !/status of 40[0134]/.test(message.text()) && complaints.push(message.text()))
page.on('pageerror', (error) => complaints.push(String(error)))
page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${url}/`) && strangers.push(request.url()))

const signIn = async (withSecret) => {
  const form = page.getByRole('form', { name: 'Sign in' })
  await form.getByLabel('Admin secret').fill(withSecret)
  await form.getByRole('button', { name: 'Sign in' }).click()
}

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

// what the program answers, past the page
const asked = async (path, body, headers = {}) =>
  (await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-hasura-admin-secret': secret, ...headers }, body: JSON.stringify(body) })).json()
const answers = (query, headers) => asked('/v1/graphql', { query }, headers)
const sql = (text) => asked('/v2/query', { type: 'run_sql', args: { sql: text, check_metadata_consistency: false } })

// a picture of the page, for README and docs: see test/README.md
const shot = async (name) => {
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: `${pictures}/console-${name}.png` })
}

try {
  await page.goto(`${url}/console`)
  const all = { page, ok, url, yoga, secret, signIn, load, types, run, answers, sql, shot }
  for (const part of ['api', 'frame', 'remote', 'data', 'status']) await (await import(`./browser/${part}.mjs`)).default(all)

  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
  ok(!kept.includes(secret), 'the secret is kept nowhere')
  ok(complaints.length === 0, 'the browser has nothing to complain about', complaints)
  ok(strangers.length === 0, 'nothing is asked of others', strangers)
} catch (error) {
  ok(false, 'the browser goes on', [String(error), ...complaints])
}
await browser.close()
console.log(`1..${count}`)
