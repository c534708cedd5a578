// Lets nobody see a page before the program says that they may ask.
import type { ReactNode } from 'react'
import { SignIn } from './SignIn'
import { useLoad } from './useLoad'
import { ErrorBox } from '../parts/ErrorBox'

export const Gate = ({ children }: { children: ReactNode }) => {
  const { value, error, reload } = useLoad('who', async (api) => {
    await api.graphql('{ __typename }')
    return true
  })
  if (error?.isDenied) return <SignIn reason={error.message} />
  if (error) return <ErrorBox error={error} onRetry={reload} />
  return value ? children : <p className="loading">Loading …</p>
}
