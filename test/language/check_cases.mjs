// check_cases.mjs: what graphql-js says of the cases, by hand.
//
//   node check_cases.mjs [--write] [file.cases …]
//
// Lists the cases whose errors differ from graphql-js'; with --write, puts graphql-js' in their place.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { GraphQLError, buildSchema, parse, validate, validateExecutionArgs } from './graphql.mjs';
import { plain } from './reference.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const schemas = new Map();

// A case is a list of sections [title, text]; the first has the case's own title.
function readCases(text) {
  return text.split(/^(?==== )/m).filter((part) => part.startsWith('=== ')).map((part) =>
    part.split(/^(?=(?:===|---) )/m).map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(4, end), section.slice(end + 1)];
    }));
}

function section(sections, name) {
  return sections.find(([title]) => title === name || title.startsWith(`${name}:`));
}

function schemaOf(sections, previous) {
  const found = section(sections, 'schema');
  if (found === undefined) {
    return previous;
  }
  const [title, text] = found;
  const sdl = title.includes(':') ? readFileSync(join(here, 'schemas', `${title.split(':')[1].trim()}.graphql`), 'utf8') : text;
  if (!schemas.has(sdl)) {
    schemas.set(sdl, buildSchema(sdl));
  }
  return schemas.get(sdl);
}

function errorsOf(schema, sections) {
  try {
    const document = parse(section(sections, 'document')[1].replace(/\n$/, ''), { allowEmptySelectionSets: false });
    const variables = section(sections, 'variables');
    const operation = section(sections, 'operation');
    const errors = validate(schema, document);
    if (errors.length > 0 || (variables ?? operation) === undefined) {
      return errors;
    }
    const args = validateExecutionArgs({ schema, document, operationName: operation?.[1].trim(), variableValues: variables && JSON.parse(variables[1]) });
    return Array.isArray(args) ? args : [];
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      throw error;
    }
    return [error];
  }
}

// One error a line.
function written(errors) {
  return errors.length === 0 ? '[]' : `[\n${errors.map((error) => JSON.stringify(error)).join(',\n')}\n]`;
}

const write = process.argv.includes('--write');
const named = process.argv.slice(2).filter((argument) => argument !== '--write');
const files = named.length > 0 ? named : ['validation', 'coercion'].flatMap((folder) =>
  readdirSync(join(here, 'cases', folder)).map((file) => join(here, 'cases', folder, file)));

let cases = 0;
let different = 0;
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const head = text.slice(0, text.search(/^=== /m));
  let schema;
  const all = readCases(text);
  for (const sections of all) {
    schema = schemaOf(sections, schema);
    const errors = errorsOf(schema, sections).map(plain);
    const expected = section(sections, 'errors');
    cases++;
    if (section(sections, 'deviates') !== undefined) {
      continue;
    }
    if (expected === undefined || !isDeepStrictEqual(JSON.parse(expected[1]), JSON.parse(JSON.stringify(errors)))) {
      different++;
      console.log(`${file}: ${sections[0][0]}\n${written(errors)}\n`);
    }
    if (expected === undefined) {
      sections.push(['errors', '']);
    }
    section(sections, 'errors')[1] = `${written(errors)}\n\n`;
  }
  if (write) {
    writeFileSync(file, head + all.map((sections) => sections.map(([title, body], i) => `${i === 0 ? '===' : '---'} ${title}\n${body}`).join('')).join('').replace(/\n+$/, '\n'));
  }
}
console.log(`${cases} cases, ${different} differ from graphql-js`);
