\i test/setup.sql
-- A policy, a view, a computed field, a trigger that calls graphql_resolve() itself: each call has a role and session variables of its own, and leaves the outer
-- one's as they were, however it ends.
BEGIN;
CREATE ROLE regress_outer;
CREATE ROLE regress_inner;
GRANT regress_inner TO regress_outer;
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, 4) AS i;
CREATE TABLE notes (id int PRIMARY KEY, user_id int REFERENCES users, body text);
INSERT INTO notes VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');
GRANT SELECT ON users, notes TO regress_outer;
GRANT SELECT ON notes TO regress_inner;
SELECT remote_rel.add_remote_schema('auth0', test.definition());
SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_outer',
    'type Query { auth0(auth0_id: String!): Profile header(name: String!): String } type Profile { nickname: String }');
SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0',
    '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');

-- who one is, and what one's variables are
CREATE FUNCTION me() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.format('%s as %s, role %s', remote_rel.session_variable('x-hasura-user-id'),
      current_user, remote_rel.session_variable('x-hasura-role')) $$;
SELECT me();

-- a computed field: the same role, another one, headers of its own or none
CREATE FUNCTION before_and_after(u users, role name, headers jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  before text := me();
  inner_answer json := graphql_resolve('{ who { me } }', role, headers => headers);
BEGIN
  RETURN before || ' | ' || (inner_answer -> 'data' -> 'who' -> 0 ->> 'me') || ' | ' || me();
END $$;
CREATE VIEW who AS SELECT 1 AS id, me() AS me;
GRANT SELECT ON who TO regress_outer, regress_inner;
CREATE FUNCTION same(u users) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT before_and_after(u, NULL, '{"x-hasura-user-id": "inside"}') $$;
CREATE FUNCTION other(u users) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT before_and_after(u, 'regress_inner', '{"x-hasura-user-id": "inside"}') $$;
CREATE FUNCTION bare(u users) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT before_and_after(u, 'regress_inner', NULL) $$;
CREATE FUNCTION too_high(u users) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT before_and_after(u, session_user::name, NULL) $$;
SELECT remote_rel.add_computed_field('users', f, f::regproc)
    FROM unnest(ARRAY['same', 'other', 'bare', 'too_high']) AS f;
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { same other bare } }', 'regress_outer',
    headers => '{"x-hasura-user-id": "outside"}');
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { too_high } }', 'regress_outer',
    headers => '{"x-hasura-user-id": "outside"}') LIKE '%permission denied to act as role%' AS no_way_up;
SELECT me();
-- PostgREST's setting is for every call that brings no headers
SET LOCAL request.headers = '{"x-hasura-user-id": "set"}';
SELECT test.resolve('{ users(where: {id: {_eq: 1}}) { bare } }', 'regress_outer');
SET LOCAL request.headers = '[1, "secret"]';
SELECT test.failure($$SELECT graphql_resolve('{ who { me } }')$$);
SELECT test.failure($$SELECT graphql_schema()$$);
SELECT test.resolve('{ who { me } }', headers => '{"x-hasura-user-id": "given"}');
SET LOCAL request.headers = '{"a": "secret\u0000"}';
SELECT test.failure($$SELECT graphql_resolve('{ who { me } }')$$);
SET LOCAL request.headers = '{"a": {"b": "secret"}}';
SELECT test.failure($$SELECT graphql_resolve('{ who { me } }')$$);
SET LOCAL request.headers = '';
SELECT test.resolve('{ who { me } }');
RESET request.headers;

-- a policy
CREATE FUNCTION may_read(note notes) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT graphql_resolve('query($i: Int!) { users_by_pk(id: $i) { name } }', NULL,
      pg_catalog.jsonb_build_object('i', note.user_id)) #>> '{data,users_by_pk,name}' = 'user 1' $$;
CREATE POLICY p ON notes FOR SELECT USING (may_read(notes));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
SELECT test.resolve('{ notes { body } users { notes { id } } }', 'regress_outer');
-- for whom the inner call has no such field, there are no rows
SELECT test.resolve('{ notes { body } }', 'regress_inner');

-- remote joins inside of a statement with remote joins: keys and answers of the two do not mix
CREATE FUNCTION nicks(u users) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT graphql_resolve('query($i: Int!) { users(where: {id: {_gt: $i}}, order_by: {id: desc}) { id profile { nickname } } }', NULL, pg_catalog.jsonb_build_object('i', (u).id)) -> 'data' $$;
CREATE FUNCTION joined(u users) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.jsonb_agg(j.result) FROM remote_rel.remote_join(ARRAY[u], 'profile') AS j $$;
SELECT remote_rel.add_computed_field('users', f, f::regproc) FROM unnest(ARRAY['nicks', 'joined']) AS f;
SELECT * FROM test.counted('{ users(where: {id: {_gt: 1}}, order_by: {id: asc}) { id before: profile { nickname } nicks joined after: profile { nickname } } }', 'regress_outer');
SET LOCAL remote_rel.batch_size = 1;
SELECT * FROM test.counted('{ users(where: {id: {_gt: 1}}, order_by: {id: asc}) { id before: profile { nickname } nicks joined after: profile { nickname } } }', 'regress_outer');
RESET remote_rel.batch_size;

-- errors inside that a block catches
CREATE FUNCTION caught(u users) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  state text;
BEGIN
  BEGIN
    PERFORM graphql_resolve('{ who { me } }', 'postgres', headers => '{"x-hasura-user-id": "inside"}');
  EXCEPTION WHEN insufficient_privilege THEN
    state := SQLSTATE;
  END;
  BEGIN
    PERFORM graphql_resolve('{ failing { x } }', 'regress_inner', headers => '{"x-hasura-user-id": "inside"}');
  EXCEPTION WHEN internal_error THEN
    state := state || ' ' || SQLSTATE;
  END;
  BEGIN
    PERFORM graphql_resolve('{ who { me } }', 'regress_inner', headers => '{"a b": "inside"}');
  EXCEPTION WHEN invalid_parameter_value THEN
    state := state || ' ' || SQLSTATE;
  END;
  RETURN state || ' ' || me();
END $$;
CREATE FUNCTION fail() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'broken'
    USING ERRCODE = 'XX000'; END $$;
CREATE VIEW failing AS SELECT 1 AS id, fail() AS x;
GRANT SELECT ON failing TO regress_inner;
SELECT remote_rel.add_computed_field('users', 'caught', 'caught');
SELECT * FROM test.counted('{ users(limit: 2, order_by: {id: asc}) { before: profile { nickname } caught after: profile { nickname } } }', 'regress_outer', headers => '{"x-hasura-user-id": "outside"}');
SELECT me(), current_user = session_user AS myself;

-- a trigger of a function that writes
CREATE TABLE log (id serial PRIMARY KEY, line text);
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.line := NEW.line || ': ' || (graphql_resolve('{ who { me } }',
      headers => '{"x-hasura-user-id": "trigger"}') #>> '{data,who,0,me}') || ' | ' || me();
  RETURN NEW;
END $$;
CREATE TRIGGER fill BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION fill();
CREATE FUNCTION note(line text) RETURNS SETOF log LANGUAGE sql VOLATILE
    AS $$ INSERT INTO public.log (line) VALUES (line) RETURNING * $$;
GRANT SELECT, INSERT ON log TO regress_outer;
GRANT USAGE ON log_id_seq TO regress_outer;
SELECT remote_rel.track_function('note', '{"exposed_as": "query"}');
SELECT test.resolve('{ note(args: {line: "x"}) { line } }', 'regress_outer',
    headers => '{"x-hasura-user-id": "outside"}');

-- recursion ends, with one error at the outermost field; nothing goes on being asked
CREATE VIEW mirror AS SELECT 1 AS id;
CREATE FUNCTION reflect(depth int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN graphql_resolve(pg_catalog.format('{ mirror { id x(args: {depth: %s}) } auth0(auth0_id: "auth0|1") { nickname } }', depth + 1));
END $$;
CREATE FUNCTION x(m mirror, depth int) RETURNS json LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN depth < 29 THEN reflect(depth) END $$;
GRANT SELECT ON mirror TO regress_outer;
SELECT remote_rel.add_computed_field('mirror', 'x', 'x');
SELECT length(answer) > 1000 AND answer NOT LIKE '%errors%' AS thirty_calls, requests
    FROM test.counted('{ mirror { x(args: {depth: 0}) } auth0(auth0_id: "auth0|1") { nickname } }',
    'regress_outer');
CREATE OR REPLACE FUNCTION x(m mirror, depth int) RETURNS json LANGUAGE sql STABLE AS $$ SELECT reflect(depth) $$;
SELECT answer, requests <= 30 AS bounded
    FROM test.counted('{ mirror { x(args: {depth: 0}) } auth0(auth0_id: "auth0|1") { nickname } }',
    'regress_outer');
-- also where every level catches what comes from below
CREATE OR REPLACE FUNCTION x(m mirror, depth int) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN reflect(depth);
EXCEPTION WHEN statement_too_complex THEN
  RETURN pg_catalog.to_json(SQLERRM || ' at ' || depth);
END $$;
SELECT substring(test.resolve('{ mirror { x(args: {depth: 0}) } }', 'regress_outer')
    FROM 'calls of GraphQL[^"]*') AS caught;
SELECT me(), current_user = session_user AS myself;

-- a cancel inside ends all of it
CREATE FUNCTION slow(u users) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT graphql_resolve('{ slow { id } }',
    headers => '{"x-hasura-user-id": "inside"}')::text $$;
CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(60);
GRANT SELECT ON slow TO regress_outer;
SELECT remote_rel.add_computed_field('users', 'slow', 'slow');
SAVEPOINT s;
SET LOCAL statement_timeout = 300;
SELECT graphql_resolve('{ users { profile { nickname } slow } }', 'regress_outer',
    headers => '{"x-hasura-user-id": "outside"}');
ROLLBACK TO s;
SELECT me(), current_user = session_user AS myself;
SELECT * FROM test.counted('{ users { profile { nickname } } }', 'regress_outer');
ROLLBACK;
