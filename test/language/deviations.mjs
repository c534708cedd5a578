// deviations.mjs: where the language layer means to differ from graphql-js 17.1, and why. Takes the difference out of a pair of answers.

import { isDeepStrictEqual } from 'node:util';

// What the specification wants and graphql-js does not check: "A directive definition must not contain the use of a directive which references itself" (3.13), "The
// @oneOf directive must not be provided by an Input Object type extension" (3.10.3).
const MORE_RULES = /^Directive @\w+ cannot reference itself through|^Input Object type \w+ cannot be made OneOf by an extension/;

// An escape sequence as it is quoted.
const ESCAPE = /^Syntax Error: Invalid (?:character|Unicode) escape sequence: "(.*)"\.$/s;

export function withoutDeviations(mine, theirs) {
  if (mine.errors?.some((error) => MORE_RULES.test(error.message))) {
    mine.errors = mine.errors.filter((error) => !MORE_RULES.test(error.message));
    delete theirs.print;
  }

  // graphql-js quotes an escape sequence by UTF-16 code units, so that a character beyond U+FFFF may be cut in two; we quote code points.
  theirs.errors?.forEach((error, i) => {
    const [quoted, ours] = [error, mine.errors?.[i]].map((e) => ESCAPE.exec(e?.message ?? '')?.[1]);
    if (/[\ud800-\udbff]/.test(quoted) && ours?.startsWith(quoted)) {
      error.message = mine.errors[i].message;
    }
  });

  // No text of PostgreSQL holds a NUL: what a message quotes ends there.
  theirs.errors?.forEach((error, i) => {
    const [before, after] = error.message.split('\0');
    if (after !== undefined && mine.errors?.[i]?.message === `${before}".`) {
      error.message = mine.errors[i].message;
    }
  });

  // graphql-js throws at the first wrong argument of @deprecated, @specifiedBy or @oneOf while it builds a schema; we report all of them, and what else is wrong.
  if (theirs.thrown) {
    delete theirs.thrown;
    if (mine.errors?.some((error) => isDeepStrictEqual(error, theirs.errors[0]))) {
      mine.errors = theirs.errors;
    }
  }
  return { mine, theirs };
}
