// The schema and data that yoga.mjs and apollo.mjs serve. Everything is made up from the keys, so that a test can say what
// it expects: profile N (key "auth0|N", N from 1 to 1000000) has the email user-N@example.com, and so on.

import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql'
import { setTimeout as sleep } from 'node:timers/promises'

export const typeDefs = /* GraphQL */ `
  "Turns the string that a field gives to upper case"
  directive @uppercase on FIELD

  "A point in time, ISO 8601 in UTC"
  scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time.html")
  "An integer of any size, as a string where JSON numbers end"
  scalar BigInt
  scalar JSON
  scalar _Any

  enum AccessLevel {
    ADMIN
    EDITOR
    "May look, not touch"
    VIEWER
    GUEST @deprecated(reason: "Guests became viewers")
  }

  enum TemperatureUnit { CELSIUS FAHRENHEIT }

  "Ways in which real servers answer a list of keys"
  enum ListQuirk {
    "One result a key that exists, in the order of the keys"
    NONE
    "Every third key has no result"
    MISSING
    "Every result twice"
    DUPLICATED
    "Results in another order than the keys"
    SHUFFLED
    "Null in the place of every third result"
    NULLS
    "One result too few"
    SHORT
  }

  enum TextKind { QUOTES CONTROL EMOJI NUL SEPARATORS LONG EMPTY }

  interface Node {
    id: ID!
  }

  interface Named implements Node {
    id: ID!
    name: String!
  }

  "Who somebody is at the identity provider"
  type Profile implements Named & Node {
    "The key: auth0|N"
    id: ID!
    auth0_id: String!
    name: String!
    nickname: String
    email: String
    last_login: DateTime
    access: AccessLevel!
    "Newest first"
    logins(first: Int = 3): [Login!]!
    company: Company
    friends(first: Int = 2): [Profile!]!
    settings: JSON
    "The karma points, more than Int can hold"
    karma: BigInt
    avatar(size: Int = 64): String
    username: String @deprecated(reason: "Use nickname")
    "Fails, always"
    secret: String
    "Fails, always, and takes the profile along"
    vital: String!
  }

  type Login {
    at: DateTime!
    ip: String
  }

  type Company implements Named & Node {
    id: ID!
    name: String!
    country: String
    employees(first: Int = 2): [Profile!]!
  }

  type Account implements Node {
    id: ID!
    number: Int!
    balance: Float
    frozen: Boolean!
    owner: Profile
  }

  type Order {
    number: ID!
    customer_id: ID!
    total: Float!
    placed: DateTime
  }

  type Product implements Node {
    id: ID!
    sku: String!
    title: String!
    price: Float!
    tags: [String!]!
    stock: Int
  }

  type Weather {
    city: String!
    unit: TemperatureUnit!
    temperature: Float!
  }

  type Region {
    code: String!
    member(auth0_id: String!): Profile
    members(auth0_ids: [String!]!): [Profile]
    offices(kind: OfficeKind): [Office!]!
  }

  enum OfficeKind { HEAD BRANCH }

  type Office {
    name: String!
    kind: OfficeKind!
    head(level: AccessLevel! = ADMIN): Profile
  }

  "A field on the way to others"
  type Directory {
    region(code: String!): Region
    nowhere: Region
  }

  union SearchResult = Profile | Company | Product
  union _Entity = Profile | Company | Product | Account

  type _Service {
    sdl: String!
  }

  input StringFilter {
    _eq: String
    _in: [String!]
    _like: String
  }

  input FloatFilter {
    _eq: Float
    _gt: Float
    _lt: Float
  }

  "Leads back to itself"
  input ProductFilter {
    _and: [ProductFilter!]
    _or: [ProductFilter!]
    _not: ProductFilter
    sku: StringFilter
    title: StringFilter
    price: FloatFilter
    stock_below: Int
  }

  input Place {
    city: String!
    country: Country = { code: "DE" }
    unit: TemperatureUnit = CELSIUS
  }

  input Country {
    code: String!
    region: String
  }

  input ProfileKey @oneOf {
    auth0_id: String
    email: String
    number: Int
  }

  input Everything {
    string: String
    int: Int
    float: Float
    boolean: Boolean
    id: ID
    level: AccessLevel
    json: JSON
    ints: [Int]
    matrix: [[Int!]!]
    nested: Everything
    required: String! = "given"
  }

  type Query {
    auth0(auth0_id: String!): Profile
    "By one of several keys"
    profile(by: ProfileKey!): Profile
    profiles(ids: [ID!]!, quirk: ListQuirk = NONE): [Profile]!
    profiles_of(level: AccessLevel!, first: Int = 2): [Profile!]!

    account(number: Int!): Account
    account_by_id(id: ID!): Account
    accounts(numbers: [Int!]!): [Account!]!
    by_karma(karma: BigInt!): Profile
    "Several results a key: customer N has N % 3 orders"
    orders(customer_ids: [ID!]!, first: Int): [Order!]!

    products(where: ProductFilter, limit: Int): [Product!]!
    product(sku: String!): Product
    company(id: ID!): Company
    weather(city: String!, unit: TemperatureUnit! = CELSIUS): Weather
    weather_at(place: Place!): Weather

    directory: Directory
    search(text: String!, first: Int = 10): [SearchResult!]!
    node(id: ID!): Node
    named(id: ID!): Named
    _entities(representations: [_Any!]!): [_Entity]!
    _service: _Service!

    "Keys that start with bad fail, unknown ones are null"
    flaky(key: String!): String
    flaky_required(key: String!): String!
    "Answers after that many milliseconds"
    slow(ms: Int!, key: String): String
    text(kind: TextKind!): String
    "What arrived, as it arrived"
    echo(
      string: String
      int: Int
      float: Float
      boolean: Boolean
      id: ID
      level: AccessLevel
      json: JSON
      ints: [Int]
      matrix: [[Int!]!]
      input: Everything
      defaulted: Int = 7
    ): JSON
    "The header of that name in the request"
    header(name: String!): String
    headers: JSON
    matrix(size: Int = 2): [[Int!]!]!
    counter: Int!
    old_counter: Int @deprecated
  }

  type Mutation {
    set_nickname(auth0_id: String!, nickname: String): ProfilePayload
    "Gives the counter's new value: shows in which order mutations ran"
    increment(by: Int! = 1): Int!
    fail(message: String = "failed"): Int
  }

  type ProfilePayload {
    profile: Profile
    query: Query!
  }
`

const fail = (message, extensions) => {
  throw new GraphQLError(message, { extensions })
}

// --- state: what mutations change; the rest is computed -------------------------------------------------------------

const state = { counter: 0, nicknames: new Map() }

/** Forgets what mutations did. */
export function resetData() {
  state.counter = 0
  state.nicknames.clear()
}

// --- data -----------------------------------------------------------------------------------------------------------

const FIRST_LOGIN = Date.parse('2019-05-19T01:35:48.863Z')
const HOUR = 3_600_000
const LEVELS = ['ADMIN', 'EDITOR', 'VIEWER']

const people = [
  null,
  { name: 'Daenerys Targaryen', nickname: 'Stormborn', email: 'stormborn@example.com' },
  { name: 'Jon Snow', nickname: 'Aegon', email: 'jon@example.com' },
  { name: 'Arya Stark', nickname: 'No One', email: 'arya@example.com' },
]

const companies = [
  { id: 'c1', name: 'Iron Bank', country: 'BR' },
  { id: 'c2', name: 'Ravens & Sons', country: 'WF' },
  { id: 'c3', name: 'Citadel "Old Town" Ltd', country: null },
]

const products = [
  { sku: 'A-1', title: 'Dragonglass', price: 12.5, tags: ['sharp', 'old'], stock: 7 },
  { sku: 'A-2', title: 'Wildfire', price: 99.99, tags: ['hot'], stock: 0 },
  { sku: 'B-1', title: 'Raven', price: 3, tags: [], stock: null },
  { sku: 'B-2', title: 'Valyrian steel', price: 100000, tags: ['sharp', 'rare'], stock: 1 },
].map((product) => ({ __typename: 'Product', id: product.sku, ...product }))

function profile(n) {
  if (!Number.isInteger(n) || n < 1 || n > 1_000_000) return null
  const id = `auth0|${n}`
  const person = people[n] ?? { name: `User ${n}`, nickname: `user-${n}`, email: `user-${n}@example.com` }
  return {
    __typename: 'Profile',
    number: n,
    id,
    auth0_id: id,
    ...person,
    ...(state.nicknames.has(id) ? { nickname: state.nicknames.get(id) } : {}),
    last_login: n % 10 === 0 ? null : new Date(FIRST_LOGIN - (n - 1) * HOUR).toISOString(),
    access: LEVELS[(n - 1) % 3],
    settings: { theme: n % 2 ? 'dark' : 'light', flags: [n % 2 === 1, null, n] },
    karma: String(9007199254740993n * BigInt(n)),
    username: `u${n}`,
  }
}

const profileByKey = (key) => profile(Number(/^auth0\|([1-9]\d*)$/.exec(key)?.[1]))

function account(number) {
  if (number < 1 || number > 1_000_000) return null
  return { __typename: 'Account', id: String(number), number, balance: number * 1.25, frozen: number % 2 === 0 }
}

function company(id) {
  const found = companies.find((c) => c.id === id)
  return found ? { __typename: 'Company', ...found } : null
}

const product = (sku) => products.find((p) => p.sku === sku) ?? null

const ordersOf = (customer) =>
  Array.from({ length: Number(customer) % 3 || 0 }, (_, i) => ({
    number: `${customer}-${i + 1}`,
    customer_id: customer,
    total: Number(customer) * 10 + i,
    placed: new Date(FIRST_LOGIN + i * HOUR).toISOString(),
  }))

const node = (id) => profileByKey(id) ?? company(id) ?? product(id) ?? (/^\d+$/.test(id) ? account(Number(id)) : null)

function matches(filter, item) {
  const text = (test, value) =>
    !test ||
    ((test._eq == null || value === test._eq) &&
      (test._in == null || test._in.includes(value)) &&
      (test._like == null || new RegExp(`^${test._like.replaceAll('%', '.*')}$`).test(value)))
  const number = (test, value) =>
    !test ||
    ((test._eq == null || value === test._eq) &&
      (test._gt == null || value > test._gt) &&
      (test._lt == null || value < test._lt))
  return (
    !filter ||
    (text(filter.sku, item.sku) &&
      text(filter.title, item.title) &&
      number(filter.price, item.price) &&
      (filter.stock_below == null || (item.stock !== null && item.stock < filter.stock_below)) &&
      (filter._and ?? []).every((f) => matches(f, item)) &&
      (filter._or == null || filter._or.some((f) => matches(f, item))) &&
      (filter._not == null || !matches(filter._not, item)))
  )
}

const quirks = {
  NONE: (list) => list,
  MISSING: (list) => list.filter((_, i) => i % 3 !== 2),
  DUPLICATED: (list) => list.flatMap((item) => [item, item]),
  SHUFFLED: (list) => [...list.filter((_, i) => i % 2), ...list.filter((_, i) => i % 2 === 0).reverse()],
  NULLS: (list) => list.map((item, i) => (i % 3 === 2 ? null : item)),
  SHORT: (list) => list.slice(1),
}

const texts = {
  QUOTES: '"\\/\' \\u0041 $a0 {}[]',
  CONTROL: '\u0001\u0002\b\f\n\r\t\u001f\u007f',
  EMOJI: 'Größe 🐉 e\u0301 \u{10ffff}',
  NUL: 'before\u0000after',
  SEPARATORS: '\u2028\u2029\ufeff',
  LONG: 'x'.repeat(100_000),
  EMPTY: '',
}

function flaky(key) {
  if (key.startsWith('bad')) fail(`no luck with "${key}"`, { code: 'TEAPOT', key, nested: { list: [1, null] } })
  return key.startsWith('none') ? null : `ok ${key}`
}

function temperature(city, unit = 'CELSIUS') {
  if (city === 'Nowhere') return null
  const celsius = city.length * 1.5
  return { city, unit, temperature: unit === 'CELSIUS' ? celsius : celsius * 1.8 + 32 }
}

// yoga's context is the fetch request beside what serve.mjs passes, Apollo's only the latter
const headersOf = (context) => context.headers

// --- resolvers ------------------------------------------------------------------------------------------------------

const scalar = (name, check = (value) => value) =>
  new GraphQLScalarType({
    name,
    serialize: (value) => value,
    parseValue: check,
    parseLiteral: (ast, variables) => check(valueFromASTUntyped(ast, variables), ast),
  })

const bigInt = scalar('BigInt', (value, ast) => {
  const text = ast && ast.kind === Kind.INT ? ast.value : String(value)
  if (!/^-?\d+$/.test(text)) fail(`BigInt cannot represent "${text}"`)
  return text
})

const dateTime = scalar('DateTime', (value) => {
  if (Number.isNaN(Date.parse(value))) fail(`DateTime cannot represent "${value}"`)
  return value
})

const maybeUppercase = (value, info) =>
  info.fieldNodes[0].directives.some((d) => d.name.value === 'uppercase') ? value?.toUpperCase() : value

export const resolvers = {
  DateTime: dateTime,
  BigInt: bigInt,
  JSON: scalar('JSON'),
  _Any: scalar('_Any'),

  Query: {
    auth0: (_, { auth0_id }) => profileByKey(auth0_id),
    profile: (_, { by }) =>
      by.auth0_id ? profileByKey(by.auth0_id) : profile(by.number ?? Number(/\d+/.exec(by.email)?.[0])),
    profiles: (_, { ids, quirk }) => quirks[quirk ?? 'NONE'](ids.map(profileByKey).filter((p) => p)),
    profiles_of: (_, { level, first }) =>
      Array.from({ length: first }, (_, i) => profile(LEVELS.indexOf(level) + 1 + 3 * i)).filter((p) => p),

    account: (_, { number }) => account(number),
    account_by_id: (_, { id }) => account(Number(id)),
    accounts: (_, { numbers }) => numbers.map(account).filter((a) => a),
    by_karma: (_, { karma }) => profile(Number(BigInt(karma) / 9007199254740993n)),
    orders: (_, { customer_ids, first }) => customer_ids.flatMap(ordersOf).slice(0, first ?? undefined),

    products: (_, { where, limit }) => products.filter((p) => matches(where, p)).slice(0, limit ?? undefined),
    product: (_, { sku }) => product(sku),
    company: (_, { id }) => company(id),
    weather: (_, { city, unit }) => temperature(city, unit),
    weather_at: (_, { place }) => temperature(`${place.city}, ${place.country?.code ?? '?'}`, place.unit ?? undefined),

    directory: () => ({}),
    search: (_, { text, first }) =>
      [1, 2, 3].map(profile).concat(companies.map((c) => company(c.id)), products)
        .filter((item) => (item.name ?? item.title).toLowerCase().includes(text.toLowerCase()))
        .slice(0, first),
    node: (_, { id }) => node(id),
    named: (_, { id }) => profileByKey(id) ?? company(id),
    _entities: (_, { representations }) =>
      representations.map(({ __typename, id }) => {
        const found = node(String(id))
        return found?.__typename === __typename ? found : null
      }),
    _service: () => ({ sdl: typeDefs }),

    flaky: (_, { key }) => flaky(key),
    flaky_required: (_, { key }) => flaky(key),
    slow: async (_, { ms, key }) => {
      await sleep(ms)
      return key ?? 'done'
    },
    text: (_, { kind }) => texts[kind],
    echo: (_, args) => args,
    header: (_, { name }, context) => headersOf(context)[name.toLowerCase()] ?? null,
    headers: (_, args, context) => headersOf(context),
    matrix: (_, { size }) => Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => i * size + j)),
    counter: () => state.counter,
    old_counter: () => state.counter,
  },

  Mutation: {
    set_nickname: (_, { auth0_id, nickname }) => {
      if (!profileByKey(auth0_id)) fail(`there is no "${auth0_id}"`, { code: 'NOT_FOUND' })
      state.nicknames.set(auth0_id, nickname ?? null)
      return { profile: profileByKey(auth0_id), query: {} }
    },
    increment: (_, { by }) => (state.counter += by),
    fail: (_, { message }) => fail(message, { code: 'TEAPOT' }),
  },

  Profile: {
    nickname: ({ nickname }, args, context, info) => maybeUppercase(nickname, info),
    logins: ({ number }, { first }) =>
      Array.from({ length: Math.min(first, 5) }, (_, i) => ({
        at: new Date(FIRST_LOGIN - (number + i) * HOUR).toISOString(),
        ip: i % 2 ? null : `192.0.2.${number % 250}`,
      })),
    company: ({ number }) => (number % 4 === 0 ? null : company(`c${(number % 3) + 1}`)),
    friends: ({ number }, { first }) =>
      Array.from({ length: first }, (_, i) => profile(number + i + 1)).filter((p) => p),
    avatar: ({ number }, { size }) => `/avatars/${number}?size=${size}`,
    secret: ({ id }) => fail('not for your eyes', { code: 'FORBIDDEN', id }),
    vital: () => fail('vital field failed', { code: 'INTERNAL_SERVER_ERROR' }),
  },
  Company: {
    employees: ({ id }, { first }) =>
      Array.from({ length: first }, (_, i) => profile(Number(id.slice(1)) - 1 + 3 * (i + 1))).filter((p) => p),
  },
  Account: { owner: ({ number }) => profile(number) },
  Directory: { region: (_, { code }) => (code === 'XX' ? null : { code }), nowhere: () => null },
  Region: {
    member: (_, { auth0_id }) => profileByKey(auth0_id),
    members: (_, { auth0_ids }) => auth0_ids.map(profileByKey),
    offices: ({ code }, { kind }) =>
      [{ name: `${code} head office`, kind: 'HEAD' }, { name: `${code} branch`, kind: 'BRANCH' }]
        .filter((office) => !kind || office.kind === kind),
  },
  Office: { head: (_, { level }) => profile(LEVELS.indexOf(level) + 1) },
}

for (const abstract of ['Node', 'Named', 'SearchResult', '_Entity'])
  resolvers[abstract] = { __resolveType: (item) => item.__typename }
