// graphql.mjs: graphql-js, with the function that it keeps to itself. One copy of its modules, hence the paths.

export * from './node_modules/graphql/index.mjs';
export { validateSDL } from './node_modules/graphql/validation/validate.mjs';
