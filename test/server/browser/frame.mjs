// The frame: what is loaded first, keyboard, colours, narrow screens.

export default async ({ page, ok }) => {
  const pages = ['API', 'Data', 'Remote schemas', 'Status']
  const link = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true })

  await page.getByLabel('Colours').selectOption('dark')
  const dark = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await page.getByLabel('Colours').selectOption('light')
  const light = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  ok(dark !== light && light === 'rgb(255, 255, 255)', 'light and dark are chosen', [dark, light])
  await page.getByLabel('Colours').selectOption('system')

  // by keyboard: over the link that skips the frame, then through the pages
  await page.getByRole('link', { name: 'To the content' }).focus()
  await page.keyboard.press('Enter')
  ok((await page.evaluate(() => document.activeElement?.id)) === 'content', 'the frame is skipped by keyboard')
  await link('API').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Choose a table.').waitFor()
  ok((await link('Data').getAttribute('aria-current')) === 'page', 'pages are reached by keyboard')

  const size = page.viewportSize()
  const wide = []
  await page.setViewportSize({ width: 360, height: 740 })
  for (const name of pages) {
    await link(name).click()
    await page.locator('main .loading').waitFor({ state: 'detached' })
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wide.push(name)
  }
  ok(wide.length === 0, 'no page is wider than a narrow screen', wide)
  await page.setViewportSize(size)

  // controls without a name are none for who cannot see them
  const nameless = []
  for (const name of pages.slice(1)) {
    await link(name).click()
    await page.locator('main .loading').waitFor({ state: 'detached' })
    nameless.push(...(await page.locator('main').evaluate((main) =>
      [...main.querySelectorAll('input, select, textarea, button')]
        .filter((control) => !control.labels?.length && !control.getAttribute('aria-label') && !control.textContent?.trim())
        .map((control) => control.outerHTML))))
  }
  ok(nameless.length === 0, 'every control has a name', nameless)
}
