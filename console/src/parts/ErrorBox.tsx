// An error that concerns a page as a whole.
import { SignIn } from '../app/SignIn'
import type { ApiError } from '../api/errors'

export const ErrorBox = ({ error, onRetry }: { error: ApiError; onRetry?: () => void }) =>
  error.isDenied ? (
    <SignIn reason={`${error.message} This page is the administrator’s.`} />
  ) : (
    <div className="card error-box" role="alert">
      <strong>{error.message}</strong>
      {error.detail && <p>{error.detail}</p>}
      {error.hint && <p className="hint">{error.hint}</p>}
      {onRetry && <button onClick={onRetry}>Try again</button>}
    </div>
  )
