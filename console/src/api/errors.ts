// What the program refuses, with what it says about where and why.
import { asText, isObject, member } from './json'

export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
    /** a JSON path into the command, as $.args.definition.url */
    readonly path = '$',
    readonly detail = '',
    readonly hint = '',
    readonly sqlstate = ''
  ) {
    super(message)
  }

  /** whether another secret or token would help */
  get isDenied(): boolean {
    return ['access-denied', 'invalid-headers', 'invalid-jwt', 'jwt-missing-role-claims'].includes(this.code)
  }

  /** all that was said, for one place */
  get whole(): string {
    return [this.message, this.detail, this.hint].filter(Boolean).join('\n')
  }
}

/** The error in a body of /v1/metadata or /v2/query. */
export const metadataError = (body: unknown): ApiError => {
  const internal = member(body, 'internal')
  const inner = isObject(member(internal, 'error')) ? member(internal, 'error') : internal
  const text = (name: string) => asText(member(inner, name))
  const ofSql = text('message')
  return new ApiError(
    ofSql || asText(member(body, 'error')) || 'The request failed.',
    asText(member(body, 'code')) || 'unexpected',
    asText(member(body, 'path')) || '$',
    text('detail') || text('description'),
    text('hint'),
    text('sqlstate') || text('status_code')
  )
}

/** Whatever was thrown, as an ApiError. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(error instanceof Error ? error.message : String(error), 'network')
