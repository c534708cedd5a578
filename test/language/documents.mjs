// documents.mjs: random executable documents that are valid for a schema, most of them.

import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType,
  isRequiredArgument, isRequiredInputField, isScalarType,
} from './graphql.mjs';

const EXECUTABLE = { query: 'QUERY', mutation: 'MUTATION', subscription: 'SUBSCRIPTION' };

export class DocumentGenerator {
  constructor(random, schema) {
    this.random = random;
    this.schema = schema;
  }

  document() {
    const { random, schema } = this;
    this.fragments = [];
    this.names = 0;
    this.budget = 3 + random.below(40);
    const operations = ['query'];
    if (schema.getMutationType()) operations.push('mutation');
    if (schema.getSubscriptionType()) operations.push('subscription');

    const definitions = [];
    const count = random.chance(0.1) ? 2 : 1;
    for (let i = 0; i < count; i++) {
      const operation = random.chance(0.8) ? 'query' : random.pick(operations);
      this.variables = new Map();
      const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[operation];
      const selections = operation === 'subscription' ? `{ ${this.field(root, this.pickField(root), 0)} }` : this.selectionSet(root, 0);
      const variables = [...this.variables].map(([name, definition]) => `$${name}: ${definition}`);
      const head = variables.length > 0 || count > 1 || operation !== 'query' || random.chance(0.3);
      definitions.push(
        (head && random.chance(0.1) ? '"described" ' : '') +
        (head ? `${operation} Op${i}${variables.length > 0 ? `(${variables.join(', ')})` : ''}${this.directives(EXECUTABLE[operation])} ` : '') + selections);
    }
    // Fragments may come up while fragments are written.
    for (const fragment of this.fragments) {
      definitions.push(fragment.text);
    }
    if (random.chance(0.3)) {
      definitions.reverse();
    }
    return definitions.join('\n');
  }

  pickField(type) {
    const fields = Object.values(type.getFields());
    // Leaves end a branch.
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    return this.budget <= 0 && leaves.length > 0 ? this.random.pick(leaves) : this.random.pick(fields);
  }

  selectionSet(type, depth) {
    const { random } = this;
    const selections = [];
    const count = this.budget > 0 ? 1 + random.below(4) : 1;
    for (let i = 0; i < count; i++) {
      this.budget--;
      const what = random.next();
      if (what < 0.06 || !('getFields' in type)) {
        if ('getFields' in type || random.chance(0.3)) {
          selections.push('__typename');
          continue;
        }
      }
      if (what < 0.16 || !('getFields' in type)) {
        const inner = this.condition(type);
        const on = inner !== type || random.chance(0.5) ? ` on ${inner.name}` : '';
        selections.push(`...${on}${this.directives('INLINE_FRAGMENT')} ${depth > 6 ? '{ __typename }' : this.selectionSet(inner, depth + 1)}`);
      } else if (what < 0.24 && depth < 5) {
        selections.push(`...${this.fragment(type, depth)}${this.directives('FRAGMENT_SPREAD')}`);
      } else {
        selections.push(this.field(type, this.pickField(type), depth));
      }
    }
    return `{ ${selections.join(random.chance(0.2) ? '\n  ' : ' ')} }`;
  }

  // A type whose fragments may be spread where this one stands.
  condition(type) {
    const { random, schema } = this;
    if (isAbstractType(type) && random.chance(0.8)) {
      const possible = schema.getPossibleTypes(type);
      return possible.length > 0 ? random.pick(possible) : type;
    }
    const interfaces = 'getInterfaces' in type ? type.getInterfaces() : [];
    return interfaces.length > 0 && random.chance(0.3) ? random.pick(interfaces) : type;
  }

  fragment(type, depth) {
    const { random } = this;
    const fitting = this.fragments.filter((fragment) => fragment.type === type && fragment.text !== undefined);
    if (fitting.length > 0 && random.chance(0.5)) {
      return random.pick(fitting).name;
    }
    const fragment = { name: `F${this.fragments.length}`, type: this.condition(type), text: undefined };
    this.fragments.push(fragment);
    fragment.text = `fragment ${fragment.name} on ${fragment.type.name}${this.directives('FRAGMENT_DEFINITION')} ${this.selectionSet(fragment.type, depth + 1)}`;
    return fragment.name;
  }

  field(type, field, depth) {
    const { random } = this;
    const args = field.args.filter((arg) => isRequiredArgument(arg) || random.chance(0.25))
      .map((arg) => `${arg.name}: ${this.value(arg.type, 0, arg.defaultValue !== undefined)}`);
    const alias = args.length > 0 ? random.chance(0.9) : random.chance(0.1);
    const named = getNamedType(field.type);
    return (alias ? `a${random.chance(0.95) ? this.names++ : 1}: ` : '') + field.name +
      (args.length > 0 ? `(${args.join(', ')})` : '') + this.directives('FIELD') +
      (isCompositeType(named) ? ` ${depth > 6 ? '{ __typename }' : this.selectionSet(named, depth + 1)}` : '');
  }

  directives(location) {
    const { random, schema } = this;
    if (!random.chance(0.06)) {
      return '';
    }
    const fitting = schema.getDirectives().filter((directive) => directive.locations.includes(location));
    if (fitting.length === 0) {
      return '';
    }
    const directive = random.pick(fitting);
    const args = directive.args.filter((arg) => isRequiredArgument(arg) || random.chance(0.5))
      .map((arg) => `${arg.name}: ${this.value(arg.type, 0)}`);
    return ` @${directive.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`;
  }

  value(type, depth, hasDefault = false) {
    const { random } = this;
    if (depth < 3 && random.chance(0.2) && this.variables.size < 6) {
      const name = `v${this.variables.size}`;
      const nullable = getNullableType(type);
      const given = isNonNullType(type) && hasDefault && random.chance(0.5) ? nullable : type;
      const initial = random.chance(0.3) ? ` = ${this.literal(getNullableType(given), 2, false)}` : '';
      this.variables.set(name, `${given}${initial}${this.directives('VARIABLE_DEFINITION')}`);
      return `$${name}`;
    }
    return this.literal(type, depth, true);
  }

  literal(type, depth, variables) {
    const { random } = this;
    if (isNonNullType(type)) {
      return this.literal(type.ofType, depth, variables);
    }
    if (random.chance(0.04) && depth > 0) {
      // Not where null would be wrong: callers unwrap non-null types first.
      return variables ? 'null' : this.plain(type, depth, variables);
    }
    return this.plain(type, depth, variables);
  }

  plain(type, depth, variables) {
    const { random } = this;
    const inner = (innerType) => variables ? this.value(innerType, depth + 1) : this.literal(innerType, depth + 1, false);
    if (isListType(type)) {
      if (random.chance(0.2)) {
        return this.literal(type.ofType, depth + 1, variables);
      }
      return `[${Array.from({ length: random.below(3) }, () => inner(type.ofType)).join(', ')}]`;
    }
    if (isEnumType(type)) {
      return random.pick(type.getValues()).name;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf ? [random.pick(fields)] : fields.filter((field) => isRequiredInputField(field) || (depth < 3 && random.chance(0.3)));
      return `{ ${chosen.map((field) => `${field.name}: ${depth > 6 ? 'null' : inner(field.type)}`).join(', ')} }`;
    }
    if (isScalarType(type)) {
      switch (type.name) {
        case 'Int':
          return String(random.below(1000) - 10);
        case 'Float':
          return random.pick(['1', '2.5', '-1e3', '0.0']);
        case 'Boolean':
          return random.pick(['true', 'false']);
        case 'ID':
          return random.pick(['1', '"abc"', '"x y"']);
        case 'String':
          return random.pick(['"s"', '""', '"""b"""', '"é€"', '"\\u00e9"']);
        default:
          return random.pick(['"custom"', '1', 'true', '{ any: [1] }', 'SYMBOL']);
      }
    }
    throw new Error(`no value for ${type}`);
  }
}

// One operation whose root fields have arguments, and nothing but fields in its root.
export function argumentsDocument(random, schema) {
  const generator = new DocumentGenerator(random, schema);
  generator.fragments = [];
  generator.names = 0;
  generator.budget = 0;
  generator.variables = new Map();
  const root = schema.getQueryType();
  const fields = Object.values(root.getFields()).filter((field) => field.args.length > 0);
  const selections = Array.from({ length: 1 + random.below(3) }, (_, i) => {
    const field = random.pick(fields);
    const args = field.args.filter((arg) => isRequiredArgument(arg) || random.chance(0.6))
      .map((arg) => `${arg.name}: ${generator.value(arg.type, 0, arg.defaultValue !== undefined)}`);
    return `a${i}: ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''}`;
  });
  const variables = [...generator.variables].map(([name, definition]) => `$${name}: ${definition}`);
  return `query${variables.length > 0 ? ` (${variables.join(', ')})` : ''} { ${selections.join(' ')} }`;
}

// Introspection: any selection over the meta types.
export function introspectionDocument(random, schema) {
  const generator = new DocumentGenerator(random, schema);
  generator.fragments = [];
  generator.names = 0;
  generator.budget = 10 + random.below(20);
  generator.variables = new Map();
  generator.directives = () => '';
  const type = random.pick(Object.keys(schema.getTypeMap()));
  const selections = random.chance(0.3)
    ? `__schema ${generator.selectionSet(schema.getType('__Schema'), 4)}`
    : `__type(name: "${type}") ${generator.selectionSet(schema.getType('__Type'), 2)}`;
  const variables = [...generator.variables].map(([name, definition]) => `$${name}: ${definition}`);
  return [`query${variables.length > 0 ? ` (${variables.join(', ')})` : ''} { ${selections} }`, ...generator.fragments.map((fragment) => fragment.text)].join('\n');
}

// A JSON value for an input type; now and then a wrong one. undefined: none.
export function jsonValue(random, type, depth = 0) {
  if (random.chance(0.06)) {
    return random.pick([null, 1, -1, 0, 1.5, 2147483648, -2147483649, 123456789012, true, false, '', 'text', '7', [], [null], ['x'], {}, { a: 1 }, [[1]], 'CAT']);
  }
  if (isNonNullType(type)) {
    return jsonValue(random, type.ofType, depth);
  }
  if (random.chance(0.08)) {
    return null;
  }
  if (isListType(type)) {
    return random.chance(0.2) ? jsonValue(random, type.ofType, depth) : Array.from({ length: random.below(3) }, () => jsonValue(random, type.ofType, depth + 1));
  }
  if (isEnumType(type)) {
    return random.chance(0.9) ? random.pick(type.getValues()).name : random.pick(['cat', 'CATS', '', 'X_']);
  }
  if (isInputObjectType(type)) {
    const result = {};
    const fields = Object.values(type.getFields());
    for (const field of type.isOneOf ? random.pickSome(fields, random.chance(0.9) ? 1 : 2) : fields) {
      if (type.isOneOf || depth > 3 ? isRequiredInputField(field) || type.isOneOf : isRequiredInputField(field) ? random.chance(0.97) : random.chance(0.3)) {
        result[random.chance(0.97) ? field.name : field.name + random.pick(['s', 'X'])] = depth > 6 ? null : jsonValue(random, field.type, depth + 1);
      }
    }
    return result;
  }
  switch (type.name) {
    case 'Int':
      return random.below(100) - 5;
    case 'Float':
      return random.pick([1, 2.5, -1e30, 0]);
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return random.pick(['a', 1, '']);
    case 'String':
      return random.pick(['s', '', 'é😀', 'a"b\\c\n']);
    default:
      return random.pick(['custom', 1, 2.5, true, { any: [1, { x: null }] }, ['a']]);
  }
}
