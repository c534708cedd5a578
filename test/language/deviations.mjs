// deviations.mjs: where the language layer means to differ from graphql-js 17.1, and why. Takes the difference out of a pair of answers.

import { isDeepStrictEqual } from 'node:util';

// The specification wants it (3.13, "Directive definitions … must not contain the use of a directive which references itself"); graphql-js does not check it.
const DIRECTIVE_CYCLE = /^Directive @\w+ cannot reference itself through/;

export function withoutDeviations(mine, theirs) {
  if (mine.errors?.some((error) => DIRECTIVE_CYCLE.test(error.message))) {
    mine.errors = mine.errors.filter((error) => !DIRECTIVE_CYCLE.test(error.message));
    delete theirs.print;
  }

  // graphql-js throws at the first wrong argument of @deprecated, @specifiedBy or @oneOf while it builds a schema; we report all of them, and what else is wrong.
  if (theirs.thrown) {
    delete theirs.thrown;
    if (mine.errors?.some((error) => isDeepStrictEqual(error, theirs.errors[0]))) {
      mine.errors = theirs.errors;
    }
  }
  return { mine, theirs };
}
