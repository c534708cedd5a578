// Asks for an admin secret or a token.
import { useState } from 'react'
import { useSession } from './session'
import { TextField } from '../parts/fields'

export const SignIn = ({ reason, onDone }: { reason?: string; onDone?: () => void }) => {
  const { who, signIn } = useSession()
  const [secret, setSecret] = useState(who.secret)
  const [token, setToken] = useState(who.token)

  return (
    <form
      className="card narrow"
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault()
        signIn({ secret: secret.trim(), token: token.trim() })
        onDone?.()
      }}
    >
      <h2>Who are you?</h2>
      {reason && <p role="alert">{reason}</p>}
      <TextField label="Admin secret" type="password" value={secret} onChange={setSecret} autoFocus />
      <TextField label="Token (JWT)" type="password" value={token} onChange={setToken} />
      <p className="hint">They stay in this page’s memory and are gone when it closes.</p>
      <button className="primary">Sign in</button>
    </form>
  )
}
