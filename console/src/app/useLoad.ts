// Loads something when the page shows, again when it changes, and never shows an answer that came too late.
import { useCallback, useEffect, useState } from 'react'
import { asApiError, type ApiError } from '../api/errors'
import type { Api } from '../api/call'
import { useSession } from './session'

export type Loaded<T> = { value?: T; error?: ApiError; loading: boolean; reload: () => void }

/** `key` names what is loaded: another key is another load. An empty one loads nothing. */
export const useLoad = <T>(key: string, load: (api: Api) => Promise<T>): Loaded<T> => {
  const { api, changes } = useSession()
  const [again, setAgain] = useState(0)
  const [state, setState] = useState<{ key?: string; value?: T; error?: ApiError; loading: boolean }>({ loading: true })

  useEffect(() => {
    if (!key) return
    let late = false
    setState((before) => ({ ...(before.key === key ? before : {}), key, loading: true }))
    load(api).then(
      (value) => late || setState({ key, value, loading: false }),
      (error: unknown) => late || setState({ key, error: asApiError(error), loading: false })
    )
    return () => {
      late = true
    }
    // the key stands for what load() reads
  }, [api, changes, again, key])

  const reload = useCallback(() => setAgain((n) => n + 1), [])
  const current = state.key === key ? state : { loading: Boolean(key) }
  return { ...current, reload }
}
