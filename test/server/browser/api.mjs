// The page API: GraphiQL as somebody, Explain.

export default async ({ page, ok, secret, signIn, load, types, run, shot }) => {
  await page.getByRole('form', { name: 'Sign in' }).waitFor()
  ok(true, 'without a secret, the page asks for one')
  await signIn('another')
  await page.getByRole('alert').filter({ hasText: 'invalid' }).waitFor()
  ok(true, 'a wrong one is refused, with the reason')
  await signIn(secret)
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
}
