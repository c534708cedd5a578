// What is wrong, what was asked, and the metadata as a whole.
import { Link, Route, Switch, useLocation } from 'wouter'
import { ImportExport } from './ImportExport'
import { Inconsistent } from './Inconsistent'
import { Statistics } from './Statistics'

const tabs = [
  { path: '/status', name: 'What is wrong' },
  { path: '/status/statistics', name: 'Statistics' },
  { path: '/status/metadata', name: 'Metadata' }
]

const StatusPage = () => {
  const [location] = useLocation()
  return (
    <div className="page">
      <h1>Status</h1>
      <nav className="tabs" aria-label="Of the status">
        {tabs.map((tab) => (
          <Link key={tab.path} href={tab.path} aria-current={location === tab.path ? 'page' : undefined}>
            {tab.name}
          </Link>
        ))}
      </nav>
      <Switch>
        <Route path="/status/statistics" component={Statistics} />
        <Route path="/status/metadata" component={ImportExport} />
        <Route component={Inconsistent} />
      </Switch>
    </div>
  )
}

export default StatusPage
