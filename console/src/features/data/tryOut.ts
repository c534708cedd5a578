// Joins three rows by a relationship that is not saved.
import type { Api, Command } from '../../api/call'
import { ApiError, asApiError } from '../../api/errors'
import type { Json } from '../../api/json'
import { triedOut, tryOutSql } from '../../lib/commandSql'

export const tryOut = async (api: Api, save: Command, joining: string[], columns: string[], selection: string): Promise<Json> => {
  try {
    await api.sql(tryOutSql(save, joining, columns, selection), false)
  } catch (thrown) {
    const error = asApiError(thrown)
    if (error.sqlstate !== triedOut) throw error
    return JSON.parse(error.detail) as Json
  }
  throw new ApiError('The try-out gave nothing.', 'unexpected')
}
