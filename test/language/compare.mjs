// compare.mjs: the language layer against graphql-js, on random documents: same verdict, same messages, same locations, same text.
//
//   node compare.mjs [--driver path] [--seconds n] [--cases n] [--seed n] [--area name] [--verbose]
//
// Prints a line of TAP an area. Cases come in an order that only the seed decides; a difference is shown with a shrunk document.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual, parseArgs } from 'node:util';

import { withoutDeviations } from './deviations.mjs';
import { Driver } from './driver.mjs';
import { areas } from './areas.mjs';
import { Random, shrink } from './random.mjs';
import { Reference } from './reference.mjs';
import { readSchemas } from './schemas.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    driver: { type: 'string', default: join(here, '../../build/language/driver') },
    seconds: { type: 'string', default: '50' },
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    area: { type: 'string', multiple: true },
    differences: { type: 'string', default: '5' },
    verbose: { type: 'boolean', default: false },
  },
});

// How many cases are under way at a time.
const BATCH = 20;

const driver = new Driver(options.driver);
const reference = new Reference();

async function ours(command) {
  try {
    return await driver.call(command);
  } catch (error) {
    return { crash: error.message };
  }
}

// Both answers to each command, as far as they are to be equal; null where graphql-js failed. The driver works while graphql-js does.
async function answersTo(commands) {
  const mine = commands.map(ours);
  const theirs = commands.map((command) => {
    try {
      return reference.call(command);
    } catch (error) {
      // It has mistakes of its own on what it did not validate.
      if (options.verbose) show(`graphql-js failed: ${error.stack}`, command);
      return null;
    }
  });
  return (await Promise.all(mine)).map((answer, i) => {
    delete answer.warnings;
    return theirs[i] && withoutDeviations(answer, JSON.parse(JSON.stringify(theirs[i])));
  });
}

// The order of members counts in data only.
function same({ data: a, ...mine }, { data: b, ...theirs }) {
  return isDeepStrictEqual(mine, theirs) && JSON.stringify(a) === JSON.stringify(b);
}

async function differs(command) {
  // What is executed is valid.
  if (['arguments', 'introspect'].includes(command.op) && reference.validate(command).errors.length > 0) {
    return false;
  }
  const [both] = await answersTo([command]);
  return both !== null && !same(both.mine, both.theirs);
}

function show(title, text) {
  console.log(`# ${title}:`);
  for (const line of (typeof text === 'string' ? text : inspect(text, { depth: null, breakLength: 140 })).split('\n')) {
    console.log(`#   ${line}`);
  }
}

// What is in one answer only; both as they are if that is nothing, so that the order differs.
function differences(a, b) {
  const left = { ...a, errors: a.errors?.filter((x) => !b.errors?.some((y) => isDeepStrictEqual(x, y))) };
  const right = { ...b, errors: b.errors?.filter((x) => !a.errors?.some((y) => isDeepStrictEqual(x, y))) };
  if (a.print !== undefined && b.print !== undefined) {
    const lines = b.print.split('\n');
    const at = a.print.split('\n').findIndex((line, i) => line !== lines[i]);
    left.print = a.print.split('\n').slice(at, at + 5).join('\n');
    right.print = lines.slice(at, at + 5).join('\n');
  }
  return isDeepStrictEqual(left, right) ? [a, b] : [left, right];
}

async function report(command) {
  const key = ['document', 'schema'].find((key) => command[key] !== undefined);
  const shrunk = { ...command };
  if (key !== undefined) {
    shrunk[key] = await shrink(command[key], (text) => differs({ ...command, [key]: text }));
  }
  const [{ mine, theirs }] = await answersTo([shrunk]);
  const [onlyTheirs, onlyMine] = differences(theirs, mine);
  const { [key]: text, introspection, ...rest } = shrunk;
  show(JSON.stringify(rest), text ?? '');
  show('graphql-js', onlyTheirs);
  show('remote_rel', onlyMine);
}

const schemas = readSchemas();
for (const [name, schema] of Object.entries(schemas)) {
  // GitHub's breaks a rule or two; both sides must take it all the same.
  const command = { op: 'schema', schema, keep: name, lenient: 1 };
  reference.call(command);
  await ours(command);
}

const chosen = areas.filter((area) => options.area === undefined || options.area.includes(area.name));
let failed = 0;
for (const [i, area] of chosen.entries()) {
  const random = new Random(Number(options.seed) * 7919 + 1);
  const end = performance.now() + (Number(options.seconds) * 1000 * area.share) / chosen.reduce((sum, { share }) => sum + share, 0);
  const commands = area.commands(random, reference.schemas, schemas);
  let cases = 0;
  let invalid = 0;
  let different = 0;
  for (let done = false; !done; ) {
    const batch = [];
    while (batch.length < BATCH && !done) {
      const { value, done: ended } = commands.next();
      done = ended || performance.now() > end || cases + batch.length >= Number(options.cases);
      if (!done) {
        batch.push(value);
      }
    }
    for (const [j, both] of (await answersTo(batch)).entries()) {
      if (both === null) {
        continue;
      }
      cases++;
      invalid += both.theirs.errors.length > 0;
      if (!same(both.mine, both.theirs) && ++different <= Number(options.differences)) {
        await report(batch[j]);
      }
    }
  }
  failed += different > 0;
  console.log(`${different > 0 ? 'not ok' : 'ok'} ${i + 1} - ${area.name}: ${cases} cases, ${invalid} of them invalid, ${different} differ from graphql-js`);
}
console.log(`1..${chosen.length}`);
driver.stop();
process.exitCode = failed > 0 ? 1 : 0;
