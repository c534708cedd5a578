// Where in a command an error lies: the path of the answer, or the more exact one that the detail ends with.
import type { ApiError } from '../api/errors'

export const errorPath = ({ path, message, detail }: Pick<ApiError, 'path' | 'message' | 'detail'>): string => {
  const found = /\bat (\$[^\s);]*)/i.exec(`${message} ${detail}`)
  return found?.[1]?.replace(/\.$/, '') ?? path
}
