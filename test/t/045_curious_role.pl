# A curious role tries ways to see more than it may. Nothing that is hidden from it comes back, in an answer, an error or the server's log; the remote schema that
# it has no permission on gets no request; what the other one gets is no more than its permission allows, byte for byte; and its schema stays as it is.
#
# What is hidden is spelled "sesame", and nobody but the setup says so: wherever the word turns up, something leaked.

use RemoteRel::Test;
use MIME::Base64 qw(encode_base64);

$ENV{SESAME_HEADER} = 'environment-sesame';
$ENV{SESAME_URL} = 'http://agent:password-sesame@127.0.0.1:1/path-sesame?key=query-sesame';

# From debug3 on the postmaster itself logs its environment.
my $node = start_node('log_statement = none', 'log_min_messages = debug2', "shared_preload_libraries = 'pg_stat_statements'", 'pg_stat_statements.track = all');
my $auth0 = start_remote('yoga');
my $vault = start_remote('apollo');
my $faulty = start_remote('faulty');

# ---- the scene ----

my $permission = <<'SDL';
type Query { auth0(auth0_id: String! @preset(value: "auth0|1", static: true)): Profile  weather(city: String!, unit: TemperatureUnit! = CELSIUS): Weather }
type Profile { nickname: String }
type Weather { city: String! }
enum TemperatureUnit { CELSIUS }
SDL

sub admin { return $node->safe_psql('postgres', shift) }

# An upstream that repeats what it was sent: as a person would write it, and in JSON
my $echo = encode_json({
	data => { repeat => undef },
	errors => [ { message => 'cannot read token configured-sesame of header Bearer configured-sesame, nor environment-sesame', path => ['repeat'],
		extensions => { headers => { authorization => 'Bearer configured-sesame', quoted => 'say "sesame"' } } } ]
});
my $base64 = encode_base64($echo, '') =~ tr{+/}{-_}r;

admin(sprintf <<'SQL', literal($auth0->url), literal($vault->url), literal($faulty->url . "?fault=body&body=$base64"), literal($permission));
CREATE EXTENSION pg_stat_statements;
CREATE ROLE boss;
CREATE ROLE curious LOGIN;
CREATE ROLE service LOGIN;
GRANT curious TO service;
GRANT CREATE ON SCHEMA public TO curious;

CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, owner name, salary text);
INSERT INTO users VALUES (1, 'one', 'auth0|1', 'curious', 'salary-sesame-1'), (2, 'name-sesame', 'auth0|2', 'boss', 'salary-sesame-2');
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (owner = current_user AND remote_rel.session_variable('x-hasura-role') IS NOT DISTINCT FROM current_user::text);
GRANT SELECT (id, name, auth0_id, owner) ON users TO curious;
GRANT SELECT ON users TO boss;
CREATE TABLE payroll (id int PRIMARY KEY, amount text);
INSERT INTO payroll VALUES (1, 'payroll-sesame');
GRANT SELECT ON payroll TO boss;

SELECT remote_rel.add_remote_schema('auth0', jsonb_build_object('url', %s::text, 'forward_client_headers', true,
	'headers', '[{"name": "Authorization", "value": "Bearer configured-sesame"}, {"name": "X-Env", "value_from_env": "SESAME_HEADER"}]'::jsonb));
SELECT remote_rel.add_remote_schema('vault', jsonb_build_object('url', %s::text,
	'customization', '{"root_fields_namespace": "vault", "type_names": {"prefix": "Vault", "mapping": {"Query": "VaultQuery", "Mutation": "VaultMutation"}}}'::jsonb));
SELECT remote_rel.add_remote_schema('echo', jsonb_build_object('url', %s::text, 'headers',
	'[{"name": "Authorization", "value": "Bearer configured-sesame"}, {"name": "X-Env", "value_from_env": "SESAME_HEADER"}, {"name": "X-Quoted", "value": "say \"sesame\""}]'::jsonb),
	sdl => 'type Query { repeat: String }');
SELECT remote_rel.add_remote_schema('down', '{"url": "http://agent:password-sesame@127.0.0.1:1/path-sesame?key=query-sesame"}', sdl => 'type Query { down: String }');
SELECT remote_rel.add_remote_schema('env_down', '{"url_from_env": "SESAME_URL"}', sdl => 'type Query { env_down: String }');
SELECT remote_rel.add_remote_schema_permissions('auth0', 'curious', %s);
SELECT remote_rel.add_remote_schema_permissions('echo', 'curious', 'type Query { repeat: String }');
SELECT remote_rel.add_remote_schema_permissions('down', 'curious', 'type Query { down: String }');
SELECT remote_rel.add_remote_schema_permissions('env_down', 'curious', 'type Query { env_down: String }');

SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'vault_profile', 'vault', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}');
SELECT remote_rel.create_remote_relationship('users', 'salary_profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$salary"}}}');
SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'pay', '{"to_source": {"relationship_type": "object", "table": "payroll", "field_mapping": {"nickname": "amount"}}}');
SQL

my $hidden = qr/sesame|Aegon|jon\@example|example\.com/i;
my $schema = admin(q(SELECT graphql_schema('curious')));
unlike($schema, qr/salary|payroll|Vault|vault|email|auth0_id: String!\)|\bpay\b/, 'the schema of the role has nothing of what is hidden');
is(admin(q(SELECT graphql_resolve('{ users { name profile { nickname } } auth0 { nickname } }', 'curious', headers => '{}'))),
	'{"data":{"users":[{"name":"one","profile":{"nickname":"Stormborn"}}],"auth0":{"nickname":"Stormborn"}}}', 'what it may see, it sees');
$_->reset for $auth0, $vault;

# ---- the ways ----

sub gql { return sprintf 'SELECT graphql_%s(%s)', shift, join ', ', map { literal($_) } @_ }
sub ask { my ($query, %options) = @_; return gql('resolve', $query, undef, @options{qw(variables operation_name headers)}) }

# In a view of the role's own, which becomes a field of its schema; dropped afterwards.
sub by_view
{
	my ($expression, @before) = @_;

	return join ";\n", @before, "CREATE VIEW trick AS SELECT 1 AS id, $expression AS x", q(SELECT graphql_resolve('{ users { profile { nickname } } trick { x } }'));
}

my $denied = qr/ERROR:  permission denied/;
my $not_a_member = qr/\AERROR:  permission denied to act as role "boss"\n/;
my $unknown = qr/"errors": ?\[\{"message": ?"(?:Cannot query field|Unknown)/;
my $refused = qr/remote_rel\.join_hole\(\) can only be called by a statement/;
my $not_again = qr/cannot set parameter \\"(?:role|session_authorization)\\" within security-(?:restricted operation|definer function)/;
my $hidden_variables = q({"x-hasura-role": "boss", "X-Hasura-Role": "boss"});

# [ the way, SQL that it runs, what comes of it ]; as => another session user
my @ways = (
	# other roles
	[ 'name a role that it is no member of', gql('resolve', '{ users { salary } }', 'boss'), $not_a_member ],
	[ '... with a document that does not parse: it is not looked at', gql('resolve', '{{{', 'boss'), $not_a_member ],
	[ '... with headers that are none', gql('resolve', '{ users { id } }', 'boss', undef, undef, '{"a b": 1}'), $not_a_member ],
	[ 'validate as another role, to learn its fields from errors', gql('validate', '{ payroll { id } }', 'boss'), $not_a_member ],
	[ 'explain as another role', gql('explain', '{ payroll { id } }', 'boss'), $not_a_member ],
	[ 'print the schema of another role', gql('schema', 'boss'), $not_a_member ],
	[ 'join in SQL as another role', q(SELECT * FROM remote_rel.remote_join(ARRAY[1], 'vault_profile', role => 'boss')), $not_a_member ],
	[ 'call itself admin', gql('resolve', '{ payroll { amount } }', 'admin'), qr/ERROR:  permission denied to act as "admin"/ ],
	[ 'name the superuser', gql('resolve', '{ payroll { amount } }', 'postgres'), qr/ERROR:  permission denied to act as role "postgres"/ ],
	[ 'name a role in upper case, quoted, with a space',
		join('; ', map { gql('resolve', '{ payroll { amount } }', $_) } 'BOSS', '"boss"', ' boss', 'boss '), qr/(?:ERROR:  role ".*" does not exist\n?){4}/ ],
	[ 'claim another role in the headers', ask('{ users { name owner } payroll { amount } }', headers => $hidden_variables), $unknown ],
	[ '... and read the rows that a policy gives by the variable', ask('{ users { name } }', headers => $hidden_variables),
		qr/\A\{"data":\{"users":\[\{"name":"one"\}\]\}\}\z/ ],
	[ '... through the setting of PostgREST', q(SELECT set_config('request.headers', '{"X-HASURA-ROLE": "boss", "x_hasura_role": "boss"}', false); ) .
		ask('{ users { name } auth0 { nickname } }'), qr/\{"data":\{"users":\[\{"name":"one"\}\],"auth0":\{"nickname":"Stormborn"\}\}\}\z/ ],
	[ '... with a space before the name', ask('{ auth0 { nickname } }', headers => '{" x-hasura-role": "boss"}'), qr/ERROR:  invalid HTTP header\n/ ],
	[ '... with a colon behind it', ask('{ auth0 { nickname } }', headers => '{"x-hasura-role:boss": "1"}'), qr/ERROR:  invalid HTTP header\n/ ],
	[ 'have its code run by who calls for it, and become him again: SET ROLE',
		q(SELECT graphql_resolve('{ become { x } }', 'curious')), $not_again, as => 'service',
		before => q(CREATE FUNCTION become() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT set_config('role', 'service', false) $$; CREATE VIEW become AS SELECT 1 AS id, become() AS x) ],
	[ '... RESET ROLE', q(SELECT graphql_resolve('{ become { x } }', 'curious')), $not_again, as => 'service',
		before => q(CREATE FUNCTION become() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RESET ROLE; RETURN current_user; END $$; CREATE VIEW become AS SELECT 1 AS id, become() AS x) ],
	[ '... RESET SESSION AUTHORIZATION', q(SELECT graphql_resolve('{ become { x } }', 'curious')), $not_again, as => 'service',
		before => q(CREATE FUNCTION become() RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RESET SESSION AUTHORIZATION; RETURN current_user; END $$; CREATE VIEW become AS SELECT 1 AS id, become() AS x) ],
	[ '... by calling as him from inside', q(SELECT graphql_resolve('{ become { x } }', 'curious')), qr/permission denied to act as role \\"service\\"/, as => 'service',
		before => q(CREATE VIEW become AS SELECT 1 AS id, graphql_resolve('{ payroll { amount } }', 'service')::text AS x) ],
	[ '... by code that runs later: a temporary table, a cursor, a prepared statement, LISTEN', q(SELECT graphql_resolve('{ become { a b c d } }', 'curious')),
		qr/cannot (?:create temporary table|execute PREPARE|execute LISTEN|create a cursor WITH HOLD) within security-restricted operation/, as => 'service',
		before => join(";\n", (map {
			my ($name, $statement) = @$_;
			"CREATE FUNCTION become_$name() RETURNS text LANGUAGE plpgsql VOLATILE AS \$\$ BEGIN EXECUTE '$statement'; RETURN 'done'; END \$\$"
		  } [ a => 'CREATE TEMP TABLE t AS SELECT 1' ], [ b => 'DECLARE c CURSOR WITH HOLD FOR SELECT 1' ], [ c => 'PREPARE p AS SELECT 1' ], [ d => 'LISTEN l' ]),
			'CREATE VIEW become AS SELECT 1 AS id, become_a() AS a, become_b() AS b, become_c() AS c, become_d() AS d') ],

	# management, catalogs, settings
	[ 'read the catalogs', join('; ', map { "TABLE remote_rel.$_" } qw(remote_schema table_relationship remote_schema_relationship remote_schema_permission computed_field tracked_function table_customization source_customization)),
		qr/\A(?:ERROR:  permission denied for table \w+\n?){8}\z/ ],
	[ 'export the metadata', q(SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')), $denied ],
	[ 'give itself a permission', q(SELECT remote_rel.add_remote_schema_permissions('vault', 'curious', 'type Query { auth0(auth0_id: String!): Profile } type Profile { email: String }')), $denied ],
	[ 'ask what a remote schema has', q(SELECT remote_rel.introspect_remote_schema('vault')), $denied ],
	[ 'make the backend ask a remote schema', q(SELECT remote_rel.reload_remote_schema('vault')), $denied ],
	[ 'add a remote schema of its own, at an address of its choice', sprintf(q(SELECT remote_rel.add_remote_schema('mine', %s)), literal({ url => $vault->url })), $denied ],
	[ 'call the functions of the event triggers', q(SELECT remote_rel.note_names(); SELECT remote_rel.touch_object(0, 0); SELECT remote_rel.before_ddl()),
		qr/\A(?:ERROR:  permission denied for function \w+\n?){3}\z/ ],
	[ 'put a function of its own beside the helpers', q(CREATE FUNCTION remote_rel.json_rows(text, text) RETURNS json LANGUAGE sql AS 'SELECT NULL::json'), qr/ERROR:  permission denied for schema remote_rel/ ],
	[ 'switch permissions off', q(SELECT remote_rel.session_variable('x'); SET remote_rel.remote_schema_permissions = off; ) . ask('{ vault { auth0(auth0_id: "auth0|2") { email } } }'),
		qr/Cannot query field.*ERROR:  permission denied to set parameter "remote_rel.remote_schema_permissions"/s ],
	[ '... before the library is loaded, with a placeholder', ask('{ vault { auth0(auth0_id: "auth0|2") { email } } }'), $unknown,
		options => '-c remote_rel.remote_schema_permissions=off' ],
	[ '... for itself and for good', 'ALTER ROLE curious SET remote_rel.remote_schema_permissions = off', qr/ERROR:  permission denied to set parameter/ ],
	[ 'expose another schema', q(SELECT remote_rel.session_variable('x'); SET remote_rel.exposed_schemas = pg_catalog), qr/ERROR:  permission denied to set parameter/ ],

	# the graph
	[ 'ask a hidden remote schema', ask('{ vault { auth0(auth0_id: "auth0|2") { email } } }'), $unknown ],
	[ 'ask for a hidden field of a visible type', ask('{ auth0 { email } }'), $unknown ],
	[ '... skipped, so that it is not validated', ask('{ auth0 { nickname email @skip(if: true) } }'), $unknown ],
	[ '... in a fragment that is not used', ask('query a { auth0 { nickname } } fragment f on Profile { email }', operation_name => 'a'), $unknown ],
	[ 'learn hidden names from suggestions', join('; ', map { ask($_) } '{ users { salar } }', '{ auth0 { emai } }', '{ payrol { id } }', '{ vaul { x } }', '{ users { vault_profil { x } } }'),
		qr/\A(?:\{"errors":\[\{"message": "Cannot query field \\"\w+\\" on type \\"\w+\\"\.", [^\n]*\n?){5}\z/ ],
	[ 'give the argument that is preset', ask('{ auth0(auth0_id: "auth0|2") { nickname } }'), $unknown ],
	[ '... in a variable', ask('query($i: String!) { auth0(auth0_id: $i) { nickname } }', variables => { i => 'auth0|2' }), $unknown ],
	[ '... for a join', ask('{ users { profile(auth0_id: "auth0|2") { nickname } } }'), $unknown ],
	[ 'use a hidden enum value', ask('{ weather(city: "X", unit: FAHRENHEIT) { city } }'), qr/does not exist in \\"TemperatureUnit\\" enum/ ],
	[ 'look a hidden type up', ask('{ a: __type(name: "VaultProfile") { name } b: __type(name: "payroll") { name } c: __type(name: "Company") { name } }'),
		qr/\A\{"data":\{"a":null,"b":null,"c":null\}\}\z/ ],
	[ 'put a fragment on a hidden type', ask('{ auth0 { ... on VaultProfile { email } ... on Company { name } } }'), $unknown ],
	[ 'name hidden types for variables', ask('query($a: VaultProfileKey, $b: payroll_bool_exp) { users { id } }'), qr/Unknown type \\"VaultProfileKey\\"\..*Unknown type \\"payroll_bool_exp\\"\./ ],
	[ 'find what introspection lists', ask('{ __schema { types { name fields { name args { name } } inputFields { name } enumValues { name } } } }'),
		qr/\A\{"data":(?!.*(?:salary|payroll|[Vv]ault|email|FAHRENHEIT|"pay"))/s ],
	[ 'join to a hidden remote schema', ask('{ users { vault_profile { email } } }'), $unknown ],
	[ 'join by a hidden column', ask('{ users { salary_profile { nickname } } }'), $unknown ],
	[ 'go from a remote type to a hidden table', ask('{ auth0 { pay { amount } } }'), $unknown ],
	[ 'sort and filter by a hidden column, aggregate it', join('; ', map { ask($_) } '{ users(where: {salary: {_like: "s%"}}) { id } }', '{ users(order_by: {salary: asc}) { id } }',
			'{ users(distinct_on: salary) { id } }', '{ users_aggregate { aggregate { max { salary } } } }'), qr/\A(?:\{"errors":[^\n]*\n?){4}\z/ ],
	[ 'count, and take by key, rows that the policy hides', ask('{ users_aggregate { aggregate { count max { name auth0_id } } } users_by_pk(id: 2) { name profile { nickname } } }'),
		qr/\A\{"data":\{"users_aggregate":\{"aggregate":\{"count":1,"max":\{"name":"one","auth0_id":"auth0\|1"\}\}\},"users_by_pk":null\}\}\z/ ],
	[ 'run what its boss has run before in the session: kept plans', join('; ', map { gql('resolve', '{ payroll { id } users { id } }', $_) } 'boss', 'curious'),
		qr/\A\{"data":\{"payroll":\[\{"id":1\}\],"users":\[\{"id":2\}\]\}\}\n\{"errors":\[\{"message": "Cannot query field/, as => 'postgres' ],
	[ 'do what was granted when the plan was kept', sprintf(q(%1$s; REVOKE SELECT ON weather_log FROM curious; %1$s), gql('resolve', '{ weather_log { id } }', 'curious')),
		qr/\A\{"data":\{"weather_log":\[\]\}\}\n\{"errors":\[\{"message": "Cannot query field/, as => 'postgres',
		setup => 'CREATE TABLE weather_log (id int PRIMARY KEY); GRANT SELECT ON weather_log TO curious' ],

	# joins in SQL, and what generated statements use
	[ 'join in SQL to a hidden remote schema', q(SELECT * FROM remote_rel.remote_join(ARRAY[(2, 'x', 'auth0|2', 'x', 'x')::users], 'vault_profile')), qr/ERROR:  table "users" has no remote relationship "vault_profile" for role "curious"\n(?!.*salary)/s ],
	[ 'join rows that it makes up', q(SELECT * FROM remote_rel.remote_join(ARRAY[(2, 'x', 'auth0|2', 'x', 'x')::users], 'profile')),
		qr/ERROR:  permission denied for role "curious" to join rows of its own making/ ],
	[ 'ask for the value of a hidden remote schema', q(SELECT remote_rel.remote_value((2, 'x', 'auth0|2', 'x', 'x')::users, 'vault_profile')), qr/ERROR:  table "users" has no remote relationship "vault_profile" for role "curious"\n(?!.*salary)/s ],
	[ '... as another role', q(SELECT remote_rel.remote_value((2, 'x', 'auth0|2', 'x', 'x')::users, 'vault_profile', role => 'boss')), $not_a_member ],
	[ '... and select hidden fields', q(SELECT * FROM remote_rel.remote_join(ARRAY[(1, 'x', 'auth0|1', 'x', 'x')::users], 'profile', '{ email }')), qr/ERROR:  selection of relationship "profile" is not valid/ ],
	[ 'file a key of its own in the call that is running', by_view(q(remote_rel.join_hole(0, 0, 'auth0|2'::text))), $refused ],
	[ '... guessing the number of the call', by_view(q((SELECT json_agg(remote_rel.join_hole(0, i, 'auth0|2'::text)) FROM generate_series(0, 1000) AS i))), $refused ],
	[ 'put a hole that it saw last time into the answer', q(CREATE VIEW trick AS SELECT 1 AS id, E'\x01' || '0:0:1' || E'\x02' AS x; SELECT graphql_resolve('{ users { profile { nickname } } trick { x } }')),
		qr/"x":"\\u00010:0:1\\u0002"/ ],
	[ '... as json', by_view(q(remote_rel.json_object(E'"\x01' || '0:0:1' || E'\x02"'))), qr/invalid template/ ],
	[ 'break out of its own value in the answer', by_view(q(remote_rel.json_object('1}], "users": [{"name": "forged"'))), qr/invalid template/ ],
	[ 'explain, to see presets, headers and addresses', gql('explain', '{ users { profile { nickname } } auth0 { nickname } down }'), qr/\A\{"statements":(?!.*(?:auth0\|1|127\.0\.0\.1))/s ],
	[ 'have a document checked against a schema that names addresses', q(SELECT remote_rel.validate_document('type Query { vault: Int }', '{ vault }')), qr/\A\[\]\z/ ],

	# headers
	[ 'inject a header by line breaks in a value', ask('{ auth0 { nickname } }', headers => { 'x-hasura-a' => "1\r\nx-hasura-role: boss" }), qr/ERROR:  invalid value of HTTP header "x-hasura-a"\n/ ],
	[ '... in a name', ask('{ auth0 { nickname } }', headers => { "x-hasura-a\r\nx-hasura-role" => 'boss' }), qr/ERROR:  invalid HTTP header\n/ ],
	[ 'replace a configured header', ask('{ auth0 { nickname } }', headers => { AUTHORIZATION => 'mine', 'x_env' => 'mine' }), qr/\A\{"data":\{"auth0":\{"nickname":"Stormborn"\}\}\}\z/ ],
	[ 'pass one that some upstreams take for its role', ask('{ auth0 { nickname } }', headers => { x_hasura_role => 'boss', 'X-Hasura_Role' => 'boss' }), qr/\A\{"data":\{"auth0":\{"nickname":"Stormborn"\}\}\}\z/ ],
	[ 'smuggle a request, or go to another host of the server', ask('{ auth0 { nickname } }',
			headers => { 'Content-Length' => '3', 'Transfer-Encoding' => 'chunked', Host => 'evil', Connection => 'x-nominated', 'X-Nominated' => '1', 'X_Hasura_Role' => 'boss', 'Content-Type' => 'text/evil', Content_Encoding => 'gzip' }),
		qr/\A\{"data":\{"auth0":\{"nickname":"Stormborn"\}\}\}\z/ ],
	[ 'give a variable twice, in two cases', ask('{ auth0 { nickname } }', headers => { 'x-hasura-user-id' => '1', 'X-Hasura-User-Id' => '2' }), qr/ERROR:  header "x-hasura-user-id" is given twice\n/ ],
	[ 'have the secrets repeated by an upstream, in its errors', ask('{ repeat }'), qr/cannot read token \*\*\* of header \*\*\*, nor \*\*\*.*"authorization":"\*\*\*","quoted":"\*\*\*"/ ],
	[ '... by a join in SQL, whose errors the server logs', q(SELECT graphql_resolve('{ repeat }') -> 'errors' -> 0 ->> 'message'; DO $$ BEGIN RAISE LOG 'the echo: %', graphql_resolve('{ repeat }'); END $$), qr/\*\*\*/ ],
	[ 'learn the address of an upstream that is down', ask('{ down }'), qr/could not reach remote schema \\"down\\": Could not connect to its URL/ ],
	[ '... and one from the environment', ask('{ env_down }'), qr/could not reach remote schema \\"env_down\\": Could not connect to its URL/ ],
	[ 'have the headers of others quoted, when they are not valid JSON', q(SELECT set_config('request.headers', '{"authorization": "Bearer other' || chr(115) || 'esame', false) IS NULL; ) . ask('{ users { id } }'),
		qr/ERROR:  the setting request.headers is not valid JSON\z/ ],

	# recursion
	[ 'call without end, for the upstream to be asked each time', q(CREATE VIEW trick AS SELECT 1 AS id; CREATE FUNCTION again() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT graphql_resolve('{ trick { x } }')::text $$;
			CREATE OR REPLACE VIEW trick AS SELECT 1 AS id, again() AS x; SELECT graphql_resolve('{ trick { x } }')), qr/calls of GraphQL are nested too deeply/ ],
);

my $number = 0;
for my $way (@ways)
{
	my ($what, $sql, $expected, %options) = @$way;
	my ($before, $output, $errors) = ($auth0->stats->{requests});
	my @as = ('-U', $options{as} // 'curious');

	$number++;
	admin($options{setup}) if $options{setup};
	$node->safe_psql('postgres', $options{before}, extra_params => [ '-U', 'curious' ]) if $options{before};
	{
		local $ENV{PGOPTIONS} = $options{options} // '';
		$node->psql('postgres', $sql, stdout => \$output, stderr => \$errors, extra_params => \@as, on_error_stop => 0);
	}
	my $result = join "\n", grep { length } $output, $errors =~ s/^psql:<stdin>:\d+: //mgr =~ s/^(?:DETAIL|LINE|HINT|CONTEXT): [^\n]*(\n|\z)//mgr;
	my $all = "$output\n$errors";
	subtest "way $number: $what" => sub {
		like($result, $expected, 'comes to nothing');
		unlike($all, $hidden, 'gives nothing away');
		is($vault->requests, 0, 'the hidden remote schema is not asked');
	};
	admin('SET client_min_messages = warning; DROP VIEW IF EXISTS trick, become CASCADE; DROP TABLE IF EXISTS weather_log; '
		  . 'DROP FUNCTION IF EXISTS again(), become(), become_a(), become_b(), become_c(), become_d()');
	last unless is(admin(q(SELECT graphql_schema('curious'))), $schema, "way $number: the role's schema is what it was");
}
cmp_ok($number, '>=', 40, 'at least forty ways');

# ---- what was sent ----

my @log = $auth0->log;
cmp_ok(scalar @log, '>', 5, 'the remote schema that it may ask was asked');
my %documents = map { $_->{query} => 1 } @log;
is_deeply([ sort keys %documents ],
	[ 'query($rr__0_0: String!) { j0: auth0(auth0_id: $rr__0_0) { ...F } } fragment F on Profile { nickname }', 'query($rr__p0: String!) { auth0(auth0_id: $rr__p0) { nickname } }' ],
	'with documents that the permission allows');
my %variables = map { encode_json($_->{variables}) => 1 } @log;
is_deeply([ sort keys %variables ], [ '{"rr__0_0":"auth0|1"}', '{"rr__p0":"auth0|1"}' ], 'and no key but that of the row it sees');
for my $header ([ authorization => 'Bearer configured-sesame' ], [ 'x-env' => 'environment-sesame' ], [ 'x-hasura-role' => 'curious' ], [ 'content-type' => 'application/json' ])
{
	my ($name, $value) = @$header;
	is_deeply([ grep { ($_->{headers}{$name} // '') ne $value } @log ], [], "every request has $name as it must be");
}
my $port = $auth0->port;
is_deeply([ grep { $_->{headers}{host} ne "127.0.0.1:$port" } @log ], [], 'and goes to its host');
my %names = map { $_ => 1 } map { keys %{ $_->{headers} } } @log;
is_deeply([ grep { !/^(?:authorization|x-env|x-hasura-role|content-type|content-length|host|user-agent|accept|accept-encoding)$/ } sort keys %names ], [], 'with no other header');

# ---- what is left behind ----

my $texts = admin('SELECT query FROM pg_stat_statements');
like($texts, qr/remote_rel\.json_rows/, 'pg_stat_statements has the generated statements');
unlike($texts, qr/sesame|auth0\|1/, '... without a secret, a preset or a key');
my $server_log = slurp_file($node->logfile);
like($server_log, qr/the echo/, 'the server has logged what an upstream answered');
unlike($server_log, qr/sesame/, 'the log holds nothing that is hidden');

done_testing();
