// Catches what a page throws while it is drawn, so that the frame stays.
import { Component, type ReactNode } from 'react'
import { asApiError } from '../api/errors'
import { ErrorBox } from './ErrorBox'

export class Broken extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {}

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === undefined) return this.props.children
    return <ErrorBox error={asApiError(this.state.error)} onRetry={() => this.setState({ error: undefined })} />
  }
}
