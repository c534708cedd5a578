// Something that the user makes the page do: one at a time, with its error, and a new look at everything afterwards.
import { useState } from 'react'
import type { Api, Command } from '../api/call'
import { asApiError, type ApiError } from '../api/errors'
import { useSession } from './session'

export const useAction = () => {
  const { api, changed } = useSession()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | undefined>()

  /** Gives what `work` gives; undefined when it failed. */
  const act = async <T>(work: (api: Api) => Promise<T>, changes = true): Promise<T | undefined> => {
    setBusy(true)
    setError(undefined)
    try {
      const value = await work(api)
      if (changes) changed()
      return value
    } catch (thrown) {
      setError(asApiError(thrown))
      return undefined
    } finally {
      setBusy(false)
    }
  }
  const command = async (what: Command): Promise<boolean> => (await act((as) => as.command(what))) !== undefined
  return { act, command, busy, error, setError }
}
