// bench.mjs: the language layer against graphql-js, stage by stage, in one run: medians of wall time, rates, ratios. The last column is the ratio of the
// fastest runs, which other work on the machine disturbs less.
//
//   make -C test/language && node bench/language/bench.mjs [--seconds n]
//
// Times of the C side are taken inside the driver, without pipe and JSON; its memory contexts are made and deleted within the time. Both sides get the same
// documents, and run a stage for the same number of seconds after a warm-up.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { DocumentGenerator } from '../../test/language/documents.mjs';
import { Driver } from '../../test/language/driver.mjs';
import * as graphql from '../../test/language/graphql.mjs';
import { Random } from '../../test/language/random.mjs';
import { githubSchema, readSchemas } from '../../test/language/schemas.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    driver: { type: 'string', default: join(here, '../../build/language/driver') },
    seconds: { type: 'string', default: '3' },
  },
});
const seconds = Number(options.seconds);
const driver = new Driver(options.driver);

function measure(f) {
  const times = [];
  const warm = performance.now() + seconds * 300;
  while (performance.now() < warm) {
    f();
  }
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    f();
    times.push(performance.now() - start);
  } while (performance.now() < end);
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] / 1000, fastest: times[0] / 1000 };
}

function lex(text) {
  const lexer = new graphql.Lexer(new graphql.Source(text));
  while (lexer.advance().kind !== '<EOF>');
}

const rows = [];

function addRow(what, size, js, c) {
  const rate = (time) => (size === undefined ? '' : `${(size / 1e6 / time).toFixed(1)} MB/s`);
  const count = (time) => (1 / time).toFixed(0);
  rows.push([what, `${(js.median * 1e3).toFixed(3)} ms`, `${(c.median * 1e3).toFixed(3)} ms`, rate(js.median), rate(c.median), count(js.median),
    count(c.median), `${(js.median / c.median).toFixed(1)}×`, `${(js.fastest / c.fastest).toFixed(1)}×`]);
}

async function compare(what, stage, document, theirs, more = {}) {
  const js = measure(theirs);
  addRow(what, Buffer.byteLength(document), js, await driver.call({ op: 'time', stage, document, seconds, ...more }));
}

// A schema, stage by stage.
const sdl = githubSchema();
const parsedSdl = graphql.parse(sdl);
const loose = { assumeValid: true, assumeValidSDL: true };
await compare('schema: lex', 'lex', sdl, () => lex(sdl));
await compare('schema: parse', 'parse', sdl, () => graphql.parse(sdl));
await compare('schema: print', 'print', sdl, () => graphql.print(parsedSdl));
await compare('schema: build and check', 'schema', sdl, () => {
  graphql.validateSDL(parsedSdl);
  graphql.validateSchema(graphql.buildASTSchema(parsedSdl, { assumeValidSDL: true }));
});
// validateSchema() keeps its answer in the schema: a fresh one is needed each time, whose time is taken off.
const unchecked = measure(() => graphql.buildASTSchema(parsedSdl, { assumeValidSDL: true }));
const checked = measure(() => graphql.validateSchema(graphql.buildASTSchema(parsedSdl, { assumeValidSDL: true })));
const check = { median: checked.median - unchecked.median, fastest: checked.fastest - unchecked.fastest };
addRow('schema: check alone', undefined, check, await driver.call({ op: 'time', stage: 'check', document: sdl, seconds }));
await compare('schema: text to checked schema', 'load', sdl, () => {
  const document = graphql.parse(sdl);
  graphql.validateSDL(document);
  graphql.validateSchema(graphql.buildASTSchema(document, { assumeValidSDL: true }));
});

// Documents against it.
const github = readSchemas().github;
const schema = graphql.buildSchema(github, loose);
await driver.call({ op: 'schema', schema: github, keep: 'github', lenient: 1 });

const TYPICAL = `query Issues($owner: String!, $name: String!, $first: Int = 20, $after: String, $labels: [String!]) {
  repository(owner: $owner, name: $name) {
    ...Header
    issues(first: $first, after: $after, labels: $labels, states: [OPEN], orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id
        number
        title
        author { login avatarUrl(size: 64) ... on User { name } }
        labels(first: 10) { nodes { name color } }
        comments(last: 3) { nodes { ...Comment } }
      }
    }
  }
}
fragment Header on Repository { id nameWithOwner description stargazerCount owner { login } }
fragment Comment on IssueComment { id body createdAt author { login } reactionGroups { content users { totalCount } } }
`;
const random = new Random(42);
const generator = new DocumentGenerator(random, schema);
const many = [];
while (many.length < 300) {
  const text = generator.document();
  if (text.length > 200 && graphql.validate(schema, graphql.parse(text)).length === 0) {
    many.push(text);
  }
}
// One document of all of them, so that both sides work on more than a cache line.
const large = many.map((text, i) => text.replace(/\bF(\d+)\b/g, `F${i}_$1`).replace(/\bOp(\d+)\b/g, `Op${i}_$1`).replace(/^(\s*){/m, `$1query Q${i} {`)).join('\n');

for (const [name, text] of [['a typical query', TYPICAL], ['300 operations', large], ['introspection query', graphql.getIntrospectionQuery()]]) {
  const document = graphql.parse(text);
  const errors = graphql.validate(schema, document);
  if (errors.length > 0) {
    throw errors[0];
  }
  await compare(`${name}: lex`, 'lex', text, () => lex(text));
  await compare(`${name}: parse`, 'parse', text, () => graphql.parse(text));
  await compare(`${name}: validate`, 'validate', text, () => graphql.validate(schema, document), { name: 'github' });
  await compare(`${name}: print`, 'print', text, () => graphql.print(document));
}
driver.stop();

const head = ['', 'graphql-js', 'remote_rel', 'graphql-js', 'remote_rel', 'js doc/s', 'rr doc/s', 'ratio', 'fastest'];
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
console.log(`graphql-js ${graphql.version}, Node.js ${process.versions.node}; GitHub's schema of ${(sdl.length / 1e6).toFixed(2)} MB; medians of ${seconds} s each\n`);
console.log([head, ...rows].map(line).join('\n'));
