// The frame: navigation, theme, who is signed in; and the page that the address names.
import { lazy, Suspense, useState } from 'react'
import { Link, Redirect, Route, Router, Switch, useRoute } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Broken } from '../parts/Broken'
import { Gate } from './Gate'
import { SessionProvider, useSession } from './session'
import { SignIn } from './SignIn'
import { themes, useTheme, type Theme } from './theme'

// each page is loaded when it is first shown
const ApiPage = lazy(() => import('../features/api/ApiPage'))
const DataPage = lazy(() => import('../features/data/DataPage'))
const RemotePage = lazy(() => import('../features/remote/RemotePage'))
const StatusPage = lazy(() => import('../features/status/StatusPage'))

const pages = [
  { path: '/api', name: 'API' },
  { path: '/data', name: 'Data' },
  { path: '/remote-schemas', name: 'Remote schemas' },
  { path: '/status', name: 'Status' }
]

const NavLink = ({ path, name }: { path: string; name: string }) => {
  const [here] = useRoute(`${path}/*?`)
  return (
    <Link href={path} aria-current={here ? 'page' : undefined}>
      {name}
    </Link>
  )
}

const Header = ({ theme, setTheme }: { theme: Theme; setTheme: (theme: Theme) => void }) => {
  const { who, signIn } = useSession()
  const [asking, setAsking] = useState(false)
  const signedIn = Boolean(who.secret || who.token)
  return (
    <>
      <header className="frame">
        <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}>
          To the content
        </a>
        <strong className="brand">remote_rel</strong>
        <nav aria-label="Pages">
          {pages.map((page) => (
            <NavLink key={page.path} {...page} />
          ))}
        </nav>
        <label className="theme">
          <span className="visually-hidden">Colours</span>
          <select value={theme} onChange={(event) => setTheme(themes.find((t) => t === event.target.value) ?? 'system')}>
            <option value="system">System</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
        {signedIn ? (
          <button onClick={() => signIn({ secret: '', token: '' })}>Sign out</button>
        ) : (
          <button aria-expanded={asking} onClick={() => setAsking(!asking)}>
            Sign in
          </button>
        )}
      </header>
      {asking && !signedIn && <SignIn onDone={() => setAsking(false)} />}
    </>
  )
}

const Frame = () => {
  const [theme, setTheme] = useTheme()
  return (
    <>
      <Header theme={theme} setTheme={setTheme} />
      <main id="content" tabIndex={-1}>
        <Gate>
          <Broken>
            <Suspense fallback={<p className="loading">Loading …</p>}>
              <Switch>
                <Route path="/api">
                  <ApiPage theme={theme} />
                </Route>
                <Route path="/data/*?" component={DataPage} />
                <Route path="/remote-schemas/*?" component={RemotePage} />
                <Route path="/status/*?" component={StatusPage} />
                <Route>
                  <Redirect to="/api" replace />
                </Route>
              </Switch>
            </Suspense>
          </Broken>
        </Gate>
      </main>
    </>
  )
}

export const App = () => (
  <Router hook={useHashLocation}>
    <SessionProvider>
      <Frame />
    </SessionProvider>
  </Router>
)
