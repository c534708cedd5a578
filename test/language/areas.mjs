// areas.mjs: what is compared, and where its cases come from. share: of the time.

import { DocumentGenerator, argumentsDocument, introspectionDocument, jsonValue } from './documents.mjs';
import { getIntrospectionQuery, introspectionFromSchema, isInputType, parse, typeFromAST, validate } from './graphql.mjs';
import { mutate } from './random.mjs';

const VALUES = ['1', '-0', '0.0e-0', '"\\u00e9\\u{1F600}\\uD83D\\uDE00"', '"""\n  a\n    b\n"""', '[1, [2, $v], {a: "b", c: {d: ENUM}}]', '{a: null, b: true}', '$variable',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '[[[[]]]]', '{}', '"""say \\""" and "" """', '[aaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccc]',
  '{aaaaaaaaaaaaaaaa: [aaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb], ccccccccccccccccccccccc: {d: 1}}', '1.5E+10', '"\u00e9\u20ac\u0085"'];

const TYPES = ['Int', '[Int!]!', '[[String]!]', 'A!'];

const INTROSPECTION = ['descriptions', 'specifiedByUrl', 'directiveIsRepeatable', 'schemaDescription', 'inputValueDeprecation', 'oneOf'];

function* syntaxOfDocuments(random, schemas) {
  const generators = ['github', 'zoo', 'small'].map((name) => new DocumentGenerator(random, schemas.get(name)));
  for (;;) {
    let text = random.pick(generators).document();
    yield { op: 'parse', document: text };
    for (let i = 0; i < 4; i++) {
      yield { op: 'parse', document: mutate(random, text, 'wild') };
    }
    text = mutate(random, mutate(random, text, 'wild'), 'wild');
    yield { op: 'parse', document: text };
  }
}

// Pieces of a schema: whole definitions, up to a few.
function definitions(random, sdl) {
  const all = sdl.split(/\n(?=\n?(?:"|type|interface|union|enum|input|scalar|schema|directive|extend)[\w" ])/);
  const from = random.below(all.length);
  return all.slice(from, from + 1 + random.below(6)).join('\n');
}

function* syntaxOfSchemas(random, schemas, sources) {
  const names = Object.keys(sources);
  for (;;) {
    const text = definitions(random, sources[random.pick(names)]);
    yield { op: 'parse', document: text };
    for (let i = 0; i < 4; i++) {
      yield { op: 'parse', document: mutate(random, text, 'wild') };
    }
  }
}

function* syntaxOfParts(random) {
  for (;;) {
    const as = random.chance(0.8) ? 'value' : 'type';
    let text = random.pick(as === 'value' ? VALUES : TYPES);
    yield { op: 'parse', as, document: text };
    for (let i = 0; i < 4; i++) {
      text = mutate(random, text, 'wild');
      yield { op: 'parse', as, document: text };
    }
  }
}

function* validation(random, schemas, name) {
  const generator = new DocumentGenerator(random, schemas.get(name));
  for (;;) {
    let text = generator.document();
    yield { op: 'validate', name, document: text };
    yield { op: 'validate', name, document: mutate(random, text) };
    if (random.chance(0.01)) {
      // About as many errors as are reported.
      yield { op: 'validate', name, document: `{ ${Array.from({ length: 95 + random.below(10) }, (_, i) => `none${i}`).join(' ')} } ${text}` };
    }
    for (let i = 0; i < 4; i++) {
      text = mutate(random, text, 'tame');
      yield { op: 'validate', name, document: text };
    }
  }
}

function* typeSystems(random, schemas, sources) {
  for (;;) {
    const whole = random.pick([sources.zoo, sources.small]);
    yield { op: 'schema', schema: mutate(random, whole) };
    let text = whole;
    for (let i = 0; i < 6; i++) {
      text = mutate(random, text, 'tame');
      yield { op: 'schema', schema: text };
    }
  }
}

// Values for the variables of a document's only operation.
function variableValues(random, schema, document) {
  const values = {};
  for (const definition of parse(document).definitions[0].variableDefinitions ?? []) {
    if (random.chance(0.85)) {
      values[definition.variable.name.value] = jsonValue(random, typeFromAST(schema, definition.type));
    }
  }
  return values;
}

function* variables(random, schemas) {
  for (;;) {
    const name = random.pick(['zoo', 'zoo', 'small', 'github']);
    const schema = schemas.get(name);
    const types = Object.values(schema.getTypeMap()).filter((type) => isInputType(type) && !type.name.startsWith('__'));
    const generator = new DocumentGenerator(random, schema);
    generator.variables = new Map();
    const definitions = Array.from({ length: 1 + random.below(3) }, (_, i) => {
      const type = random.pick(types);
      const reference = random.pick([`${type}`, `${type}!`, `[${type}]`, `[${type}!]!`]);
      const initial = random.chance(0.3) ? ` = ${random.pick([generator.literal(type, 3, false), '1', 'null', '{ x: 1 }', 'X', '"s"'])}` : '';
      return `$v${i}: ${reference}${reference.endsWith('!') && initial === ' = null' ? '' : initial}`;
    });
    const document = `query (${definitions.join(', ')}) { __typename }`;
    yield { op: 'variables', name, document, variables: variableValues(random, schema, document) };
  }
}

function* argumentValues(random, schemas) {
  for (;;) {
    const name = random.pick(['zoo', 'zoo', 'small', 'github']);
    const schema = schemas.get(name);
    const document = argumentsDocument(random, schema);
    if (validate(schema, parse(document)).length === 0) {
      yield { op: 'arguments', name, document, variables: variableValues(random, schema, document) };
    }
  }
}

function* introspection(random, schemas) {
  for (const name of ['github', 'zoo', 'small']) {
    for (const on of [false, true]) {
      yield { op: 'introspect', name, document: getIntrospectionQuery(Object.fromEntries(INTROSPECTION.map((option) => [option, on]))) };
    }
  }
  for (;;) {
    const name = random.pick(['zoo', 'zoo', 'zoo', 'small', 'github']);
    const schema = schemas.get(name);
    const document = introspectionDocument(random, schema);
    if (validate(schema, parse(document)).length === 0) {
      yield { op: 'introspect', name, document, variables: variableValues(random, schema, document) };
    }
  }
}

function* clientSchemas(random, schemas) {
  for (;;) {
    for (const name of ['zoo', 'small', 'github']) {
      const options = Object.fromEntries(INTROSPECTION.map((option) => [option, random.chance(0.7)]));
      yield { op: 'client_schema', introspection: introspectionFromSchema(schemas.get(name), options) };
    }
  }
}

export const areas = [
  { name: 'syntax of executable documents', share: 3, commands: syntaxOfDocuments },
  { name: 'syntax of type system documents', share: 3, commands: syntaxOfSchemas },
  { name: 'syntax of values and types', share: 1, commands: syntaxOfParts },
  { name: 'validation against GitHub\'s schema', share: 4, commands: (random, schemas) => validation(random, schemas, 'github') },
  { name: 'validation against zoo.graphql', share: 6, commands: (random, schemas) => validation(random, schemas, 'zoo') },
  { name: 'validation against small.graphql', share: 3, commands: (random, schemas) => validation(random, schemas, 'small') },
  { name: 'type systems', share: 8, commands: typeSystems },
  { name: 'variables', share: 3, commands: variables },
  { name: 'arguments', share: 3, commands: argumentValues },
  { name: 'introspection', share: 3, commands: introspection },
  { name: 'schemas from introspection results', share: 1, commands: clientSchemas },
];
