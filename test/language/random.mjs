// random.mjs: what is random in the differential test, all of it from one seed.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // mulberry32
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) {
    return Math.floor(this.next() * n);
  }

  chance(p) {
    return this.next() < p;
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  pickSome(items, most) {
    const rest = [...items];
    const some = [];
    for (let n = this.below(Math.min(most, rest.length) + 1); n > 0; n--) {
      some.push(rest.splice(this.below(rest.length), 1)[0]);
    }
    return some;
  }
}

const TOKEN = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|[A-Za-z_]\w*|-?\d[\w.+-]*|\.\.\.|#[^\n]*|[^\s\w]|\s+/gu;

const STRANGE = ['"', '"""', '\\', '\n', '\r\n', '\r', '\t', '\0', '\x07', '\u00a0', 'é', '€', '😀', '\ufeff', '#', "'", '.', '..', '-', '0',
  '00', '-0', '1.', '.5', '1e', '1e+', '1.0e-3', '0x1', '1_0', '"\\u00e9"', '"\\u{1F600}"', '"\\uD83D\\uDE00"', '"\\uD83D"', '"\\u{110000}"',
  '"\\u{}"', '"\\u{0000000041}"', '"\\x"', '"\\u12"', '?', '%', ';', '~', '""', '"""  a\n    b\n  c\n"""', '"""\\""" """', '`'];

const LITERALS = ['1', '-7', '3.5', '1e99', '2147483648', '"text"', '"""block"""', 'true', 'false', 'null', 'ENUM', '[]', '{}', '[1, null]', '{a: 1}', '$var',
  '[[1]]', '"2020-01-01"', '""'];

const PUNCTUATION = ['{', '}', '(', ')', '[', ']', ':', '!', '=', '@', '|', '&', '$', '...'];

const NAMES = ['on', 'query', 'mutation', 'subscription', 'fragment', 'type', 'interface', 'union', 'enum', 'input', 'scalar', 'schema', 'extend', 'directive',
  'implements', 'repeatable', 'true', 'null', '__typename', '__schema', '__type', 'id', 'name', 'String', 'Int', 'ID', 'Query', 'skip', 'include', 'deprecated',
  'oneOf', 'specifiedBy', 'FIELD', 'OBJECT', 'DIRECTIVE_DEFINITION', '__Foo'];

const TAME = [5, 5, 7, 7, 7, 8, 8, 'copy', 'drop'];

function isName(token) {
  return /^[A-Za-z_]/.test(token);
}

function isValue(token) {
  return /^["\d-]/.test(token);
}

// A name almost like this one.
function misspell(random, name) {
  const at = random.below(name.length);
  switch (random.below(4)) {
    case 0:
      return name.slice(0, at) + name.slice(at + 1) || 'x';
    case 1:
      return name.slice(0, at) + name[at] + name.slice(at);
    case 2:
      return name + random.pick(['s', '_', 'X', '2']);
    default:
      return name[0].toUpperCase() + name.slice(1) === name ? name.toLowerCase() : name[0].toUpperCase() + name.slice(1);
  }
}

// The end of the bracketed group that starts at i, or i itself.
function groupEnd(tokens, i) {
  const close = { '{': '}', '(': ')', '[': ']' }[tokens[i]];
  if (close === undefined) {
    return i;
  }
  let depth = 0;
  for (let j = i; j < tokens.length; j++) {
    if (tokens[j] === tokens[i]) {
      depth++;
    } else if (tokens[j] === close && --depth === 0) {
      return j;
    }
  }
  return i;
}

// The text with one thing wrong with it, or still right by luck; never half a surrogate pair. how: "wild" changes characters, too; "tame" only what keeps the
// syntax as it is, mostly.
export function mutate(random, text, how) {
  return mutateOnce(random, text, how).toWellFormed();
}

function mutateOnce(random, text, how) {
  const tokens = text.match(TOKEN) ?? [];
  const solid = [];
  tokens.forEach((token, i) => {
    if (!/^\s/.test(token)) {
      solid.push(i);
    }
  });
  if (solid.length === 0) {
    return random.pick(STRANGE);
  }
  const at = random.pick(solid);
  const other = random.pick(solid);
  const names = solid.filter((i) => isName(tokens[i]));
  const values = solid.filter((i) => isValue(tokens[i]));
  switch (how === 'tame' ? random.pick(TAME) : random.below(how === 'wild' ? 13 : 10)) {
    case 0:
      tokens[at] = '';
      break;
    case 1:
      [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
      break;
    case 2:
      tokens[at] += ' ' + tokens[at];
      break;
    case 3: {
      const end = groupEnd(tokens, at);
      tokens.splice(end + 1, 0, ' ', ...tokens.slice(at, end + 1));
      break;
    }
    case 4: {
      const end = groupEnd(tokens, at);
      tokens.splice(at, end - at + 1);
      break;
    }
    case 5:
    case 6:
      if (names.length > 0) {
        const name = random.pick(names);
        tokens[name] = misspell(random, tokens[name]);
      }
      break;
    case 7:
      if (names.length > 0) {
        tokens[random.pick(names)] = random.chance(0.3) ? random.pick(NAMES) : tokens[random.pick(names)];
      }
      break;
    case 8:
      if (values.length > 0) {
        tokens[random.pick(values)] = random.pick(LITERALS);
      } else {
        tokens[at] += ' ' + random.pick(PUNCTUATION);
      }
      break;
    case 9: {
      const from = random.pick(solid);
      const end = groupEnd(tokens, from);
      tokens.splice(at, 0, ...tokens.slice(from, end + 1), ' ');
      break;
    }
    case 'copy': {
      // A selection, argument, definition, … as the line or the sentence has it.
      const lines = text.split(/(?<=\n)/);
      const line = random.below(lines.length);
      lines.splice(random.below(lines.length), 0, lines[line].trimEnd() + '\n');
      return lines.join('');
    }
    case 'drop': {
      const lines = text.split(/(?<=\n)/);
      lines.splice(random.below(lines.length), 1);
      return lines.join('');
    }
    case 10:
      tokens[at] = random.pick(STRANGE);
      break;
    case 11:
      tokens.splice(at, 0, random.pick([...STRANGE, ...PUNCTUATION, ...LITERALS]));
      break;
    default: {
      const cut = random.below(text.length);
      return random.chance(0.5) ? text.slice(0, cut) : text.slice(0, cut) + random.pick(STRANGE) + text.slice(cut + random.below(3));
    }
  }
  return tokens.join('');
}

// The smallest text that shrinking by lines, groups and tokens finds for which differs() still holds.
export async function shrink(text, differs) {
  let tokens = text.match(TOKEN) ?? [];
  for (let size = tokens.length >> 1; size > 0; size >>= 1) {
    for (let i = 0; i < tokens.length; ) {
      const fewer = tokens.slice(0, i).concat(tokens.slice(i + size));
      if (await differs(fewer.join(''))) {
        tokens = fewer;
      } else {
        i += size;
      }
    }
  }
  return tokens.join('');
}
