// What helps where something cannot be served, by what it is.
const remedies: Record<string, string> = {
  remote_schema: 'Mend what the reason names at the API or in the definition, then reload it; or remove it.',
  remote_relationship: 'Bring back what the reason names, or change or delete the relationship.',
  remote_schema_permission: 'Give the role a permission that fits the API’s schema, or drop this one.',
  object_relation: 'Bring back the columns or the table, or drop the relationship.',
  array_relation: 'Bring back the columns or the table, or drop the relationship.',
  computed_field: 'Bring back the function, or drop the computed field.',
  function: 'Bring back the function, or untrack it.',
  enum_table: 'Mend the rows of the table, or take the enum back with set_table_is_enum().',
  column: 'Rename or customize one of the two that have one name.',
  table: 'Rename or customize one of the two that have one name, or hide the table.'
}

export const remedyOf = (type: string): string => remedies[type] ?? 'Mend what the reason names, or drop the object.'
