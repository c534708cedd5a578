# DROP EXTENSION leaves nothing behind, and the sessions that had used the extension go on: without it, with it again, in whatever schema it is.

use RemoteRel::Test;

my $node = start_node('autovacuum = off');    # it writes to pg_class
my $remote = start_remote('yoga');
$node->safe_psql('postgres', 'DROP EXTENSION remote_rel');

# Every row of every system catalog
my $catalogs = q{
	SELECT format('SELECT string_agg(t::text, E''\n'' ORDER BY t::text) FROM %s AS t', oid::regclass) AS query
	FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND relname !~ '^pg_statistic' ORDER BY relname};
my @queries = split /\n/, $node->safe_psql('postgres', $catalogs);
cmp_ok(scalar @queries, '>', 50, 'there are system catalogs');

sub catalogs
{
	my ($session) = @_;

	return { map { $_ => $session->query($_) } @queries };
}

sub same_catalogs
{
	my ($now, $before, $what) = @_;

	my @differ = grep { $now->{$_} ne $before->{$_} } @queries;
	is_deeply(\@differ, [], $what);
	for my $query (@differ)
	{
		my %old = map { $_ => 1 } split /\n/, $before->{$query};
		diag("$query:");
		diag("  $_") for grep { !$old{$_} } split /\n/, $now->{$query};
	}
	return;
}

my $one = session($node);
my $two = session($node);
$one->query(q{CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
	INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, 3) AS i;
	CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper(u.name)';
	CREATE ROLE regress_reader;
	GRANT SELECT ON users TO regress_reader;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO regress_reader;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO regress_reader, PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO regress_reader});
my $before = catalogs($one);
# pg_class, pg_attribute, … are written to as well: the comparison would notice
$one->query('CREATE TABLE other (a int)');
ok(scalar(grep { $one->query($_) ne $before->{$_} } @queries) > 3, 'a table shows in the catalogs');
$one->query('DROP TABLE other');

my $fill = sprintf q{
	SELECT remote_rel.add_remote_schema('auth0', %s);
	SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
	SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_reader', 'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String }');
	SELECT remote_rel.add_computed_field('users', 'shout', 'shout')}, literal({ url => $remote->url });
my $ask = q{SELECT graphql_resolve('{ users(where: {id: {_eq: 1}}) { name shout profile { nickname } } }')};
my $ask_as = q{SELECT graphql_resolve('query ($id: Int) { users(where: {id: {_eq: $id}}) { name profile { nickname } } }', 'regress_reader', '{"id": 1}')};
my $join = q{SELECT result FROM remote_rel.remote_join((SELECT array_agg(u) FROM users AS u WHERE id = 1), 'profile', '{ nickname }')};
my %answers = (
	$ask => '{"data":{"users":[{"name":"user 1","shout":"USER 1","profile":{"nickname":"Stormborn"}}]}}',
	$ask_as => '{"data":{"users":[{"name":"user 1","profile":{"nickname":"Stormborn"}}]}}',
	$join => '{"nickname": "Stormborn"}');

sub uses_it
{
	my ($session, $what) = @_;

	is($session->query($_), $answers{$_}, "$what: answers") for $ask, $ask, $ask_as, $ask_as, $join;
	return;
}

$one->query('CREATE EXTENSION remote_rel');
is($one->{stderr}, '', 'CREATE EXTENSION');
# What the script grants and revokes, default privileges can neither widen nor narrow
is($one->query(q{
	SELECT c.oid::regclass::text || ': ' || privilege FROM pg_class AS c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
	WHERE c.relnamespace = 'remote_rel'::regnamespace AND c.relkind = 'r' AND has_table_privilege('regress_reader', c.oid, privilege)
	UNION ALL SELECT 'schema' WHERE has_schema_privilege('regress_reader', 'remote_rel', 'CREATE')}), '', 'default privileges do not open the catalogs');
is($one->query(q{
	SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'remote_rel'::regnamespace AND has_function_privilege('regress_reader', oid, 'EXECUTE')}),
	'enum_rows_changed join_hole join_value json_object json_rows json_rows_add json_rows_finish remote_join remote_value session_variable validate_document validate_schema', 'nor other functions than those for everybody');
$one->query($fill);
uses_it($one, 'first');
uses_it($two, 'first, another session');
$two->query(qq{PREPARE kept AS $ask; CREATE FUNCTION kept() RETURNS json LANGUAGE plpgsql AS \$\$BEGIN RETURN ($ask); END\$\$});
is($two->query('EXECUTE kept; SELECT kept()'), "$answers{$ask}\n$answers{$ask}", 'a prepared statement and a function');

# Rolled back: as if nothing had been
for my $rollback ([ 'BEGIN', 'ROLLBACK' ], [ 'BEGIN; SAVEPOINT s', 'ROLLBACK TO s; COMMIT' ])
{
	$one->query("$rollback->[0]; DROP EXTENSION remote_rel");
	is($one->{stderr}, '', "$rollback->[0]; DROP EXTENSION");
	$one->query($rollback->[1]);
	uses_it($one, "$rollback->[1] of a DROP");
	uses_it($two, "$rollback->[1] of a DROP, another session");
	$one->query("$rollback->[0]; DROP EXTENSION remote_rel; CREATE EXTENSION remote_rel; SELECT graphql_schema()");
	is($one->{stderr}, '', "$rollback->[0]; DROP EXTENSION; CREATE EXTENSION");
	is($one->query(q{SELECT graphql_resolve('{ users { profile { nickname } } }') #>> '{errors,0,extensions,code}'}), 'validation-failed', 'empty metadata in between');
	$one->query($rollback->[1]);
	uses_it($one, "$rollback->[1] of a DROP and CREATE");
}

# For good
$two->query('DROP FUNCTION kept()');
$one->query('DROP EXTENSION remote_rel');
is($one->{stderr}, '', 'DROP EXTENSION says nothing');
same_catalogs(catalogs($one), $before, 'no system catalog has a row more or less than before CREATE EXTENSION');
for my $session ($one, $two)
{
	$session->query($ask);
	like($session->{stderr}, qr/^ERROR:  function graphql_resolve.* does not exist/, 'no extension, no function');
	is($session->query('ALTER TABLE users ADD COLUMN extra int; COMMENT ON TABLE users IS NULL; ALTER TABLE users DROP COLUMN extra; SELECT count(*) FROM users') . $session->{stderr},
		'3', 'nothing of it stands in the way of DDL');
}

# And again, in the same sessions
$two->query('CREATE EXTENSION remote_rel');
$two->query($fill);
uses_it($two, 'a second life');
uses_it($one, 'a second life, another session');
is($two->query('EXECUTE kept'), $answers{$ask}, 'a statement that was prepared in its first life');

# CASCADE takes what depends on it: a policy, a view, a default; their tables stay
my @dependents = (
	q{CREATE POLICY own ON users USING (remote_rel.session_variable('x-hasura-user-id') = id::text)},
	q{CREATE VIEW schema AS SELECT graphql_schema()});
$one->query($_) for @dependents;
$one->query('DROP EXTENSION remote_rel');
like($one->{stderr}, qr/^ERROR:  cannot drop extension remote_rel because other objects depend on it/, 'what depends on it is not dropped unasked');
uses_it($one, 'a DROP that failed');
$one->query('SET client_min_messages = warning; DROP EXTENSION remote_rel CASCADE');
is($one->{stderr}, '', 'DROP EXTENSION ... CASCADE');
is($one->query(q{SELECT count(*) FROM pg_policy; SELECT count(*) FROM users}), "0\n3", 'takes a policy that calls it, not its table');
is($one->query(q{SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND refobjid NOT IN (SELECT oid FROM pg_extension)}), '0', 'no dependency dangles');
is($one->query($queries[$_]), $before->{$queries[$_]}, "$queries[$_] is as before") for grep { $queries[$_] =~ /pg_(?:proc|namespace|event_trigger|extension|init_privs|default_acl|aggregate)\b/ } 0 .. $#queries;

# A schema that somebody has planted stops the installation
$one->query('CREATE SCHEMA remote_rel; CREATE EXTENSION remote_rel');
like($one->{stderr}, qr/schema "remote_rel" already exists/, 'a schema of its name must not be there');
$one->query('DROP SCHEMA remote_rel');

# Where the entry points are is the administrator's choice; two databases, two choices
my %places = (app => 'app', twisted => '"We; ird"');
my $answer = q{{"data":{"users":[{"name":"a","one":null}]}}};
for my $database (sort keys %places)
{
	my $schema = $places{$database};
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	my $session = session($node, database => $database);
	$session->query("CREATE SCHEMA $schema; CREATE EXTENSION remote_rel SCHEMA $schema");
	is($session->{stderr}, '', "$database: CREATE EXTENSION ... SCHEMA $schema");
	$session->query(q{CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a');
		SELECT remote_rel.add_remote_schema('given', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { one(x: Int): Int }');
		SELECT remote_rel.create_remote_relationship('users', 'one', 'given', '{"one": {"arguments": {"x": "$id"}}}')});
	is($session->{stderr}, '', "$database: management");
	$session->query(q{SELECT graphql_resolve('{ users { name } }')});
	like($session->{stderr}, qr/does not exist/, "$database: it is not in the search_path");
	is($session->query(qq{SELECT $schema.graphql_resolve('{ users { name } }')}), '{"data":{"users":[{"name":"a"}]}}', "$database: answers all the same");
	like($session->query(qq{SELECT $schema.graphql_resolve('{ users { name one } }')}), qr/"one":null\}\].*"remote-schema-error"/, "$database: joins are planned");
	is($session->query(qq{SELECT json_array_length($schema.graphql_validate('{ users { nam } }')); SELECT $schema.graphql_explain('{ users { name } }') IS NOT NULL; SELECT $schema.graphql_schema() ~ 'one: Int'}),
		"1\nt\nt", "$database: so do its other functions");
	$session->query(q{ALTER TABLE users RENAME name TO title});
	is($session->query(qq{SET search_path = $schema, public; SELECT graphql_resolve('{ users { title } }')}), '{"data":{"users":[{"title":"a"}]}}', "$database: and in the search_path");
	is($session->query(q{SET search_path = ''; ALTER TABLE public.users RENAME id TO key; SELECT definition #>> '{to_remote_schema,lhs_fields,0}' FROM remote_rel.table_relationship}), 'key', "$database: renames are followed");
	$session->query('ALTER EXTENSION remote_rel SET SCHEMA public');
	like($session->{stderr}, qr/does not support SET SCHEMA/, "$database: it cannot be moved, and says so");
	$session->query("DROP SCHEMA $schema");
	like($session->{stderr}, qr/cannot drop schema .* because other objects depend on it/, "$database: its schema holds it");
	$session->query("SET client_min_messages = warning; DROP SCHEMA $schema CASCADE");
	is($session->query(q{SELECT count(*) FROM pg_namespace WHERE nspname = 'remote_rel' OR nspname = } . literal($schema =~ s/"//gr) . q{; SELECT count(*) FROM pg_event_trigger}), "0\n0", "$database: and takes it along with CASCADE");
}

done_testing();
