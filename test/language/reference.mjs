// reference.mjs: the driver's operations, answered by graphql-js.

import {
  GraphQLError, buildASTSchema, buildClientSchema, executeSync, getArgumentValues, getVariableValues, parse, parseType, parseValue, print, printSchema,
  validate, validateSDL, validateSchema,
} from './graphql.mjs';

// The specification has no empty selection sets; graphql-js has allowed them by default since 17.
const OPTIONS = { allowEmptySelectionSets: false };

// graphql-js counts UTF-16 units in columns, we count characters.
function column(source, { line, column }) {
  const text = source.body.split(/\r\n|[\n\r]/)[line - 1];
  return [...text.slice(0, column - 1)].length + 1;
}

export function plain(error) {
  const result = { message: error.message };
  if (error.locations?.length > 0) {
    result.locations = error.locations.map((location, i) =>
      ({ line: location.line, column: error.source ? column(error.source, location) : location.column }));
  }
  if (error.path) {
    result.path = error.path;
  }
  return result;
}

// What f() returns, or the GraphQLError that it throws as errors.
function attempt(f) {
  try {
    return { errors: [], ...f() };
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      throw error;
    }
    return { errors: [plain(error)] };
  }
}

function parseAs(as, text) {
  switch (as) {
    case 'type':
      return parseType(text, OPTIONS);
    case 'value':
      return parseValue(text, OPTIONS);
    default:
      return parse(text, OPTIONS);
  }
}

// printSchema() with the definitions in the order of their names, directives first.
function printSorted(schema) {
  const rank = { SchemaDefinition: 0, DirectiveDefinition: 1 };
  const sdl = printSchema(schema);
  return parse(sdl, OPTIONS).definitions
    .map((node) => ({ key: `${rank[node.kind] ?? 2}${node.name?.value}`, text: sdl.slice(node.loc.start, node.loc.end) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ text }) => text).join('\n\n');
}

export class Reference {
  constructor() {
    this.schemas = new Map();
  }

  call(command) {
    return this[command.op](command);
  }

  parse({ document, as }) {
    return attempt(() => ({ print: print(parseAs(as, document)) }));
  }

  // A schema read leniently is taken even if it breaks rules.
  schema({ schema: sdl, keep, lenient }) {
    return attempt(() => {
      const document = parse(sdl, OPTIONS);
      // Operations and fragments among types are passed over; graphql-js applies the rules on directives to them.
      document.definitions = document.definitions.filter(({ kind }) => kind !== 'OperationDefinition' && kind !== 'FragmentDefinition');
      if (lenient) {
        this.schemas.set(keep, buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }));
        return {};
      }
      let errors = validateSDL(document);
      if (errors.length > 0) {
        return { errors: errors.map(plain) };
      }
      let schema;
      try {
        schema = buildASTSchema(document, { assumeValidSDL: true });
      } catch (error) {
        return { errors: [plain(error)], thrown: true };
      }
      errors = validateSchema(schema);
      if (errors.length > 0) {
        return { errors: errors.map(plain) };
      }
      return { print: printSorted(schema) };
    });
  }

  client_schema({ introspection }) {
    return attempt(() => {
      const schema = buildClientSchema(introspection);
      const errors = validateSchema(schema);
      return errors.length > 0 ? { errors: errors.map(plain) } : { print: printSorted(schema) };
    });
  }

  validate({ name, document }) {
    return attempt(() => ({ errors: validate(this.schemas.get(name), parse(document, OPTIONS)).map(plain) }));
  }

  // The operation and its variables, or errors.
  request({ name, document, operation: wanted, variables }) {
    const schema = this.schemas.get(name);
    const definitions = parse(document, OPTIONS).definitions;
    const operation = definitions.find((definition) => definition.kind === 'OperationDefinition' && (!wanted || definition.name?.value === wanted));
    const { errors, variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 50 });
    return errors ? { errors: errors.map(plain) } : { schema, operation, variableValues };
  }

  variables(command) {
    return attempt(() => {
      const { errors, variableValues } = this.request(command);
      return errors ? { errors } : { variables: variableValues.coerced };
    });
  }

  // Only fields of the operation's own selection set: the generator puts nothing else there.
  arguments(command) {
    return attempt(() => {
      const { errors, schema, operation, variableValues } = this.request(command);
      if (errors) {
        return { errors };
      }
      const all = [];
      const result = { errors: all, arguments: [] };
      const fields = schema.getRootType(operation.operation).getFields();
      for (const node of operation.selectionSet.selections) {
        const part = attempt(() => ({ arguments: getArgumentValues(fields[node.name.value], node, variableValues) }));
        all.push(...part.errors);
        result.arguments.push(part.errors.length > 0 ? null : part.arguments);
      }
      return result;
    });
  }

  introspect({ name, document, operation, variables }) {
    return attempt(() => {
      const result = executeSync({ schema: this.schemas.get(name), document: parse(document, OPTIONS), operationName: operation, variableValues: variables });
      return { errors: (result.errors ?? []).map(plain), ...(result.data === undefined ? {} : { data: result.data }) };
    });
  }
}
