# Dump and restore, in every order; the restored graph answers and exports the same.

use RemoteRel::Test;

my $node = start_node();
my $remote = start_remote('yoga');
example_users($node, $remote, 3);
$node->safe_psql('postgres', q{
	CREATE SCHEMA shop;
	CREATE TABLE shop.orders (id int PRIMARY KEY, user_id int REFERENCES users);
	CREATE FUNCTION shout(u users) RETURNS text LANGUAGE sql STABLE AS 'SELECT upper(u.name)';
	CREATE FUNCTION best_users() RETURNS SETOF users LANGUAGE sql STABLE AS 'SELECT * FROM public.users';
	CREATE ROLE regress_reader;
	SELECT remote_rel.add_remote_schema('given', '{"url": "http://127.0.0.1:1/", "headers": [{"name": "a", "value": "it''s \\"quoted\\" \\\\ ünï"}]}', 'a comment', 'type Query { one(x: Int): Int }');
	SELECT remote_rel.add_remote_schema_permissions('given', 'regress_reader', 'type Query { one: Int }');
	SELECT remote_rel.create_remote_schema_remote_relationship('auth0', 'Profile', 'user', '{"to_source": {"relationship_type": "object", "table": "users", "field_mapping": {"id": "auth0_id"}}}');
	SELECT remote_rel.add_computed_field('users', 'shout', 'shout');
	SELECT remote_rel.track_function('best_users');
	SET remote_rel.exposed_schemas = 'public, shop';
	SELECT remote_rel.create_array_relationship('users', 'bought', '{"foreign_key_constraint_on": {"table": {"schema": "shop", "name": "orders"}, "column": "user_id"}}');
	ALTER TABLE users RENAME auth0_id TO subject});

my $export = q{SELECT jsonb_pretty(remote_rel.metadata('{"type": "export_metadata", "args": {}}'))};
my $before = $node->safe_psql('postgres', $export);
my $query = '{ users(order_by: {id: asc}) { name auth0_profile { nickname } } }';
my $answer = resolve($node, $query);
is($answer->{data}{users}[0]{auth0_profile}{nickname}, 'Stormborn', 'before');

my $n = 0;
sub restored
{
	my ($what, @restore) = @_;

	my $database = 'restored' . ++$n;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$_->($database) for @restore;
	is($node->safe_psql($database, $export), $before, "$what: the same metadata");
	is_deeply(resolve($node, $query, database => $database), $answer, "$what: the same answer");
	is($node->safe_psql($database, q{SET remote_rel.exposed_schemas = 'public, shop';
		SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects'}), '[]', "$what: consistent");
	$node->safe_psql($database, 'ALTER TABLE users RENAME subject TO sub');
	is_deeply(resolve($node, $query, database => $database), $answer, "$what: names are followed");
	return;
}

my $dir = $node->basedir;
sub dump_to
{
	my ($file, @options) = @_;

	$node->command_ok([ 'pg_dump', '-f', "$dir/$file", '-d', $node->connstr('postgres'), @options ], "pg_dump @options");
	return;
}
sub psql_file
{
	my ($file) = @_;

	return sub { $node->command_ok([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', "$dir/$file", '-d', $node->connstr($_[0]) ], "psql < $file") };
}
sub pg_restore
{
	my ($file, @options) = @_;

	return sub { $node->command_ok([ 'pg_restore', '-d', $node->connstr($_[0]), '--exit-on-error', @options, "$dir/$file" ], "pg_restore @options") };
}

dump_to('plain.sql');
dump_to('inserts.sql', '--inserts');
dump_to('custom', '-Fc');
dump_to('schema.sql', '--schema-only');
dump_to('data.sql', '--data-only');
restored('plain', psql_file('plain.sql'));
restored('inserts', psql_file('inserts.sql'));
restored('custom', pg_restore('custom'));
restored('parallel', pg_restore('custom', '-j2'));
restored('schema, then data', psql_file('schema.sql'), psql_file('data.sql'));

# The extension and its data first, the tables after them
restored('metadata before tables',
	sub { $node->safe_psql($_[0], 'CREATE EXTENSION remote_rel') },
	sub { copy_metadata($_[0]) },
	sub {
		my ($database) = @_;
		my $inconsistent = $node->safe_psql($database, q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') ->> 'is_consistent'});
		is($inconsistent, 'false', 'metadata before tables: inconsistent until they are there');
	},
	sub { $node->command_ok([ 'bash', '-c',
		"pg_dump -d '" . $node->connstr('postgres') . "' -n public -n shop | grep -v 'CREATE SCHEMA public' | psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d '" . $node->connstr($_[0]) . "'" ], 'tables later') });

sub copy_metadata
{
	my ($database) = @_;

	for my $table (qw(remote_schema table_relationship remote_schema_relationship remote_schema_permission computed_field tracked_function))
	{
		$node->command_ok([ 'bash', '-c', "psql -XAtq -d '" . $node->connstr('postgres') . "' -c 'COPY remote_rel.$table TO STDOUT' | psql -Xq -d '"
			. $node->connstr($database) . "' -c 'COPY remote_rel.$table FROM STDIN'" ], "copy $table");
	}
	return;
}

# A copy of the database by the server
$node->safe_psql('template1', 'CREATE DATABASE copied TEMPLATE postgres');
is($node->safe_psql('copied', $export), $before, 'CREATE DATABASE … TEMPLATE: the same metadata');

# replace_metadata in an empty database
$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION remote_rel');
my $metadata = $node->safe_psql('postgres', q{SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')});
is($node->safe_psql('fresh', sprintf q{SELECT remote_rel.metadata(jsonb_build_object('type', 'replace_metadata', 'args',
	jsonb_build_object('allow_inconsistent_metadata', true, 'metadata', %s::jsonb))) ->> 'is_consistent'}, literal($metadata)),
	'false', 'replace_metadata where the tables are missing: taken, inconsistent');
is($node->safe_psql('fresh', $export), $before, 'and exported again the same');

done_testing();
