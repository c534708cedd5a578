package RemoteRel::Graph;

# A graph with something of everything, for tests of what survives: dumps, upgrades, other servers.
#
#   create_graph($node, $database, $yoga);        # tables, roles and metadata; the extension is there already
#   my $graph = graph($node, $database);          # all that can be asked of it, as one hash of texts
#   is_graph($node, $database, $graph, 'what');   # the same, byte for byte
#
#   expose($node, $database);                     # the setting that it needs
#
# $node: anything with safe_psql(). Roles are the cluster's: create_graph_roles($node) comes first.

use strict;
use warnings;
use Exporter 'import';
use RemoteRel::Test qw(literal encode_json);
use Test::More;

our @EXPORT = qw(create_graph create_graph_roles expose graph is_graph);

sub create_graph_roles
{
	my ($node) = @_;

	$node->safe_psql('postgres', q{
		CREATE ROLE regress_clerk;
		CREATE ROLE "regress ""odd"" ünï";
		GRANT regress_clerk TO "regress ""odd"" ünï"});
	return;
}

# The setting belongs to the database, and only pg_dump --create and pg_dumpall take it along.
sub expose
{
	my ($node, $database) = @_;

	$node->safe_psql($database, qq{LOAD 'remote_rel'; ALTER DATABASE "$database" SET remote_rel.exposed_schemas = 'public, shop, "OddSchema"'});
	return;
}

sub create_graph
{
	my ($node, $database, $yoga) = @_;

	my $small = 'type Query { auth0(auth0_id: String!): Profile weather(city: String!): Weather } '
	  . '"""of "somebody" \\\\ ünï""" type Profile { nickname: String email: String } type Weather { city: String! temperature: Float! }';

	$node->safe_psql($database, <<'SQL');
CREATE SCHEMA shop;
CREATE SCHEMA "OddSchema";
CREATE TABLE shop.teams (id int PRIMARY KEY, label text);
INSERT INTO shop.teams VALUES (1, 'odd'), (2, 'even');
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text, city text, team int REFERENCES shop.teams);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i, 'city ' || i % 2, i % 2 + 1 FROM generate_series(1, 4) AS i;
CREATE TABLE shop.orders (id serial PRIMARY KEY, user_id int REFERENCES users, total numeric, placed date);
INSERT INTO shop.orders (user_id, total, placed) VALUES (1, 10.50, '2020-01-01'), (1, 7, '2020-01-02'), (2, 1.25, '2020-01-03');
CREATE TABLE "OddSchema"."OddTable" (key text PRIMARY KEY, "Column" int);
INSERT INTO "OddSchema"."OddTable" VALUES ('auth0|1', 1), ('auth0|3', 3);
CREATE VIEW public.spenders AS SELECT user_id, sum(total) AS spent FROM shop.orders GROUP BY user_id;
CREATE FUNCTION shout(u users, loud boolean DEFAULT true) RETURNS text LANGUAGE sql STABLE AS 'SELECT CASE WHEN loud THEN upper(u.name) ELSE u.name END';
CREATE FUNCTION auth0_key(u users) RETURNS text LANGUAGE sql STABLE AS 'SELECT ''auth0|'' || u.id';
CREATE FUNCTION shop.big_orders(at_least numeric) RETURNS SETOF shop.orders LANGUAGE sql STABLE AS 'SELECT * FROM shop.orders WHERE total >= at_least';
CREATE TABLE mood (value text PRIMARY KEY, comment text);
INSERT INTO mood VALUES ('GLAD', 'all is well'), ('SAD', NULL);
CREATE TABLE shop.notes (id int PRIMARY KEY, written_text text, mood text REFERENCES mood);
INSERT INTO shop.notes VALUES (1, 'fine', 'GLAD'), (2, 'so so', 'SAD');
CREATE TABLE shop.cellar (id int PRIMARY KEY);
COMMENT ON TABLE users IS 'who they are';

GRANT USAGE ON SCHEMA shop TO regress_clerk;
GRANT SELECT (id, name, auth0_id, team), INSERT, UPDATE ON users TO regress_clerk;
GRANT SELECT ON shop.orders, shop.notes TO regress_clerk;
GRANT EXECUTE ON FUNCTION shop.big_orders(numeric) TO regress_clerk;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders TO regress_clerk USING (user_id = remote_rel.session_variable('x-hasura-user-id')::int);

SQL
	expose($node, $database);
	$node->safe_psql($database, join ";\n",
		sprintf(q{SELECT remote_rel.add_remote_schema('auth0', %s, 'asked for its schema')},
			literal({ url => $yoga->url, timeout_seconds => 20, headers => [ { name => 'x-key', value => qq{it's "quoted" \\ \t} } ] })),
		sprintf(q{SELECT remote_rel.add_remote_schema('given', %s, sdl => %s)},
			literal({ url => $yoga->url, customization => { root_fields_namespace => 'given', type_names => { prefix => 'Given' } } }), literal($small)),
		q{SELECT remote_rel.add_remote_schema('nowhere', '{"url": "http://127.0.0.1:1/", "headers": [{"name": "a", "value_from_env": "PATH"}]}', sdl => 'type Query { nowhere(x: Int): Int }')},
		q{SELECT remote_rel.add_remote_schema_permissions('auth0', 'regress_clerk', 'type Query { auth0(auth0_id: String! @preset(value: "x-hasura-auth0-id")): Profile weather(city: String!): Weather } type Profile { id: ID! nickname: String } type Weather { city: String! temperature: Float! }', 'clerks')},
		q{SELECT remote_rel.add_remote_schema_permissions('given', 'regress "odd" ünï', 'type Query { auth0(auth0_id: String!): Profile } type Profile { nickname: String }')},
		q{SELECT remote_rel.create_remote_relationship('users', 'profile', 'auth0', '{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')},
		q{SELECT remote_rel.add_computed_field('users', 'shout', 'shout', comment => 'loud')},
		q{SELECT remote_rel.add_computed_field('users', 'auth0_key', 'auth0_key')},
		q{SELECT remote_rel.create_remote_relationship('users', 'by_key', 'given', '{"auth0": {"arguments": {"auth0_id": "$auth0_key"}}}')},
		q{SELECT remote_rel.create_remote_relationship('shop.orders', 'bills', 'auth0', '{"orders": {"arguments": {"customer_ids": "$user_id"}}}', batch => '{"customer_id": "$user_id"}', relationship_type => 'array')},
		q{SELECT remote_rel.create_remote_relationship('"OddSchema"."OddTable"', 'nowhere', 'nowhere', '{"nowhere": {"arguments": {"x": "$Column"}}}')},
		q{SELECT remote_rel.create_object_relationship('shop.orders', 'spender', '{"manual_configuration": {"remote_table": "spenders", "column_mapping": {"user_id": "user_id"}}}', 'by hand')},
		q{SELECT remote_rel.create_array_relationship('users', 'bought', '{"foreign_key_constraint_on": {"table": {"schema": "shop", "name": "orders"}, "column": "user_id"}}')},
		q{SELECT remote_rel.create_array_relationship('users', 'odd', '{"manual_configuration": {"remote_table": {"schema": "OddSchema", "name": "OddTable"}, "column_mapping": {"auth0_id": "key"}}}')},
		q{SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'user', '{"to_source": {"relationship_type": "object", "table": "users", "field_mapping": {"id": "auth0_id"}}}')},
		q{SELECT remote_rel.create_remote_schema_remote_relationship('given', 'Weather', 'again', '{"to_remote_schema": {"remote_schema": "auth0", "lhs_fields": ["city"], "remote_field": {"weather": {"arguments": {"city": "$city"}}}}}')},
		q{SELECT remote_rel.track_function('shop.big_orders', '{"custom_root_fields": {"function": "bigOrders"}}', 'large ones')},
		q{SELECT remote_rel.set_table_is_enum('mood', true)},
		q{SELECT remote_rel.set_table_customization('shop.notes', '{"custom_name": "papers", "column_config": {"written_text": {"custom_name": "text", "comment": "it''s \"so\""}}, "custom_root_fields": {"select": {"name": "notes", "comment": ""}}}')},
		q{SELECT remote_rel.hide_table('shop.cellar')},
		q{SELECT remote_rel.set_naming('{"naming_convention": "hasura-default", "type_names": {}}')},
		# names that were followed
		'ALTER TABLE mood RENAME TO moods',
		'ALTER TABLE users RENAME auth0_id TO subject',
		'ALTER TABLE shop.orders RENAME TO purchases',
		q{CREATE OR REPLACE FUNCTION shop.big_orders(at_least numeric) RETURNS SETOF shop.purchases LANGUAGE sql STABLE AS 'SELECT * FROM shop.purchases WHERE total >= at_least'});
	return;
}

my @queries = (
	[ '{ users(order_by: {id: asc}) { id name shout auth0_key profile { nickname email access logins(first: 1) { at } } } }' ],
	[ '{ users(order_by: {id: asc}) { bought(order_by: {id: asc}) { id total placed spender { spent } bills { number total } } bought_aggregate { aggregate { sum { total } } } } }' ],
	[ '{ users(order_by: {id: asc}, limit: 2) { by_key { nickname } odd { key Column nowhere } } }' ],
	[ '{ auth0(auth0_id: "auth0|2") { nickname user { id bought { total } } } given { weather(city: "Meereen") { city again { temperature } } } }' ],
	[ 'query ($n: numeric!) { bigOrders(args: {at_least: $n}, order_by: {id: asc}) { id total } }', variables => { n => 5 } ],
	[ '{ users(order_by: {id: asc}) { name profile { nickname } bought { total } } }', role => 'regress_clerk', headers => { 'x-hasura-user-id' => '2' } ],
	[ '{ auth0 { nickname } weather(city: "Winterfell") { temperature } }', role => 'regress_clerk', headers => { 'x-hasura-auth0-id' => 'auth0|3' } ],
	[ '{ users(order_by: {id: asc}, limit: 1) { name } given { auth0(auth0_id: "auth0|1") { nickname } } }', role => 'regress "odd" ünï' ],
	[ '{ given { auth0(auth0_id: "auth0|1") { email } } }', role => 'regress "odd" ünï' ],
	[ '{ users_aggregate(where: {city: {_eq: "city 1"}}) { aggregate { count max { id } } } __type(name: "users") { description fields { name description } } }' ],
	[ 'mutation { set_nickname(auth0_id: "auth0|7", nickname: "seven") { profile { nickname user { name } } } }' ],
	[ 'query ($m: moods_enum) { notes(where: {mood: {_eq: $m}}) { text mood } __type(name: "moods_enum") { enumValues { name description } } }', role => 'regress_clerk', variables => { m => 'SAD' } ],
	[ '{ users { name "" } }' ]);

sub call
{
	my ($schema, $function, $query, %options) = @_;

	return sprintf 'SELECT %s.%s(%s, %s, %s, NULL, %s)', $schema, $function, literal($query), map { literal($options{$_}) } qw(role variables headers);
}

# A hash: question => answer. kinds: a pattern of the questions that are asked.
sub graph
{
	my ($node, $database, $kinds) = @_;

	my $schema = $node->safe_psql($database, q{SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'remote_rel'});
	my %ask = (
		export => q{SELECT jsonb_pretty(remote_rel.metadata('{"type": "export_metadata", "args": {}}'))},
		inconsistent => q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')},
		(map { ("sdl for $_" => "SELECT $schema.graphql_schema($_)") } 'NULL', map { literal($_) } 'regress_clerk', 'regress "odd" ünï'),
		(map { (call('', 'resolve', @$_) => call($schema, 'graphql_resolve', @$_)) } @queries),
		(explained => call($schema, 'graphql_explain', @{ $queries[1] })));
	# one session, asked twice: with and without kept plans
	my @what = grep { !$kinds || /$kinds/ } sort keys %ask;
	my $answers = $node->safe_psql($database, join ";\n", map { "$ask{$_}; SELECT '~~~~'" } @what, @what);
	my @answers = split /\n?~~~~\n?/, $answers;
	is_deeply([ @answers[ 0 .. $#what ] ], [ @answers[ @what .. $#answers ] ], "$database: asked again, it answers the same");
	my %graph;
	@graph{@what} = @answers;
	s/\bOID \d+//g for values %graph;
	return \%graph;
}

sub is_graph
{
	my ($node, $database, $graph, $what, $kinds) = @_;

	my $now = graph($node, $database, $kinds);
	my @differ = grep { $now->{$_} ne $graph->{$_} } sort keys %$now;
	is_deeply(\@differ, [], "$what: the same graph");
	diag("$_\n  is:     $now->{$_}\n  should: $graph->{$_}") for @differ;
	return;
}

1;
