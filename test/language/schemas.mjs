// schemas.mjs: the schemas that documents are made for.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parse, print } from './graphql.mjs';

const here = dirname(fileURLToPath(import.meta.url));

export function githubSchema() {
  return readFileSync(join(here, 'node_modules/@octokit/graphql-schema/schema.graphql'), 'utf8');
}

// Of a field that GitHub defines twice, only one; which of them counts is for every implementation to choose.
function withoutDuplicates(sdl) {
  const document = parse(sdl);
  const definitions = document.definitions.map((definition) => {
    const names = new Set();
    return { ...definition, fields: definition.fields?.filter(({ name }) => !names.has(name.value) && names.add(name.value)) };
  });
  return print({ ...document, definitions });
}

// SDL by name.
export function readSchemas() {
  const schemas = { github: withoutDuplicates(githubSchema()) };
  for (const name of ['zoo', 'small']) {
    schemas[name] = readFileSync(join(here, 'schemas', `${name}.graphql`), 'utf8');
  }
  return schemas;
}
