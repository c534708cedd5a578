# /v1/metadata, /v1/query, /v2/query: Hasura's commands, statuses and bodies; and what curl sends.

use RemoteRel::Test;
use RemoteRel::Server;

my $node = start_node();
my $yoga = start_remote('yoga');
$node->safe_psql('postgres', q(
	CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
	INSERT INTO users VALUES (1, 'Daenerys Targaryen', 'auth0|1'), (2, 'Nobody', NULL);
	CREATE ROLE app LOGIN));
my $server = RemoteRel::Server->start($node);

sub sent
{
	my ($path, $type, $args) = @_;

	my $reply = $server->post($path, { type => $type, args => $args });
	return { status => $reply->{status}, body => $reply->{json} };
}

# --- the walk of the page that this project came from ----------------------------------------------------------------

my $success = { status => 200, body => { message => 'success' } };
is_deeply(sent('/v1/metadata', 'add_remote_schema', { name => 'auth0', definition => { url => $yoga->url } }), $success, 'add_remote_schema');
my $url = $server->url;
my $body = '{
  "type": "create_remote_relationship",
  "args": {
    "name": "auth0_profile",
    "table": "users",
    "hasura_fields": [
      "auth0_id"
    ],
    "remote_schema": "auth0",
    "remote_field": {
      "auth0": {
        "arguments": {
          "auth0_id": "$auth0_id"
        }
      }
    }
  }
}';
is(`curl -s -X POST -H 'Content-Type: application/json' -H 'X-Hasura-Role: admin' -d '$body' $url/v1/query`, '{"message": "success"}', 'create_remote_relationship by curl');
is_deeply($server->graphql('query { users(order_by: {id: asc}) { name auth0_profile { nickname email last_login } } }'),
	{ status => 200, data => { users => [
		{ name => 'Daenerys Targaryen', auth0_profile => { nickname => 'Stormborn', email => 'stormborn@example.com', last_login => '2019-05-19T01:35:48.863Z' } },
		{ name => 'Nobody', auth0_profile => undef } ] } }, 'and the query answers');
is(`curl -s -d '{"type": "export_metadata", "args": {}}' $url/v1/metadata` =~ /"remote_schemas"/, 1, "curl without a content type");

# --- run_sql ---------------------------------------------------------------------------------------------------------

is_deeply(sent('/v2/query', 'run_sql', { sql => q(SELECT id, auth0_id AS "x" FROM users ORDER BY id), cascade => JSON::PP::false, read_only => JSON::PP::false }),
	{ status => 200, body => { result_type => 'TuplesOk', result => [ [ 'id', 'x' ], [ '1', 'auth0|1' ], [ '2', undef ] ] } }, 'run_sql: rows');
is_deeply(sent('/v2/query', 'run_sql', { sql => 'CREATE TABLE t (a int); INSERT INTO t VALUES (1)' }),
	{ status => 200, body => { result_type => 'CommandOk', result => undef } }, 'run_sql: commands');
is_deeply(sent('/v1/query', 'pg_run_sql', { source => 'default', sql => 'SELECT a FROM t' })->{body}{result}, [ ['a'], ['1'] ], 'run_sql: by the older path');
my $error = sent('/v2/query', 'run_sql', { sql => 'SELECT nothing' });
is("$error->{status} $error->{body}{code} $error->{body}{path} $error->{body}{error}", '400 postgres-error $ query execution failed', 'run_sql: an error');
is_deeply([ @{ $error->{body}{internal}{error} }{qw(status_code message exec_status)} ], [ '42703', 'column "nothing" does not exist', 'FatalError' ], '… with what PostgreSQL says');
is(sent('/v2/query', 'run_sql', { sql => 'INSERT INTO t VALUES (2)', read_only => JSON::PP::true })->{body}{internal}{error}{status_code}, '25006', 'run_sql: read_only');
is_deeply(sent('/v2/query', 'run_sql', { sql => 'SELECT count(*) FROM t', read_only => JSON::PP::true })->{body}{result}[1], ['1'], '… and nothing was done');
for my $sql ('COPY t TO STDOUT', 'COPY t FROM STDIN', 'CREATE TABLE gone (a int); COPY t FROM STDIN')
{
	my $copy = sent('/v2/query', 'run_sql', { sql => $sql });
	is("$copy->{status} $copy->{body}{code} $copy->{body}{error}", '400 not-supported COPY from STDIN or to STDOUT cannot be run here', "run_sql: $sql");
}
is(sent('/v2/query', 'run_sql', { sql => q(SELECT to_regclass('gone') IS NULL) })->{body}{result}[1][0], 't', '… and nothing was done');
is(sent('/v2/query', 'run_sql', { sql => 'VACUUM t' })->{status}, 200, 'run_sql: what no transaction may hold');
sent('/v2/query', 'run_sql', { sql => 'SET search_path = nowhere; SET ROLE app' });
is($server->graphql('{ users(limit: 1) { id } }')->{status}, 200, 'run_sql: what is SET reaches nobody else');
is_deeply(sent('/v2/query', 'run_sql', { sql => "SELECT current_user, current_setting('search_path')" })->{body}{result}[1], [ $node->safe_psql('postgres', 'SELECT current_user'), '"$user", public' ], '… nor the next run_sql');

# --- bulk ------------------------------------------------------------------------------------------------------------

my $bulk = sent('/v2/query', 'bulk', [
	{ type => 'run_sql', args => { sql => 'CREATE TABLE purchases (id int PRIMARY KEY, user_id int)' } },
	{ type => 'pg_create_object_relationship', args => { table => 'purchases', name => 'buyer', using => { manual_configuration => { remote_table => 'users', column_mapping => { user_id => 'id' } } } } },
	{ type => 'bulk', args => [ { type => 'run_sql', args => { sql => 'SELECT 1 AS a' } }, { type => 'bulk', args => [] } ] } ]);
is_deeply($bulk, { status => 200, body => [ { result_type => 'CommandOk', result => undef }, { message => 'success' }, [ { result_type => 'TuplesOk', result => [ ['a'], ['1'] ] }, [] ] ] }, 'bulk: commands and SQL');
$bulk = sent('/v2/query', 'bulk', [
	{ type => 'run_sql', args => { sql => 'DROP TABLE t' } },
	{ type => 'run_sql', args => { sql => 'SELECT nothing' } } ]);
is("$bulk->{status} $bulk->{body}{path}", '400 $.args[1]', 'bulk: an error says where');
is(sent('/v2/query', 'run_sql', { sql => 'SELECT a FROM t' })->{status}, 200, '… and nothing was done');
is($server->graphql('{ users(limit: 1) { id } }')->{status}, 200, '… and the connection is as it was');
is_deeply(sent('/v1/metadata', 'bulk', [ { type => 'reload_remote_schema', args => { name => 'auth0' } } ]), { status => 200, body => [ { message => 'success' } ] }, 'bulk without SQL');

# --- does the SQL keep metadata consistent? --------------------------------------------------------------------------

my $drop = 'ALTER TABLE users DROP COLUMN auth0_id';
sub told { my ($answer) = @_; return join ' ', grep { defined } $answer->{status}, ref $answer->{body} eq 'HASH' ? @{ $answer->{body} }{qw(code path result_type)} : 'done' }
my $told = sent('/v2/query', 'run_sql', { sql => $drop });
is(told($told), '400 dependency-error $', 'run_sql: a column that a relationship needs is not dropped');
like($told->{body}{error}, qr/was undone: \w+ "users\.auth0_profile": .*auth0_id/, '… and the error says what needs it');
is($server->graphql('{ users(limit: 1) { auth0_profile { nickname } } }')->{data}{users}[0]{auth0_profile}{nickname} // '', 'Stormborn', '… and all is as it was');
is(told(sent('/v2/query', 'bulk', [ { type => 'run_sql', args => { sql => 'CREATE TABLE u (a int)' } }, { type => 'run_sql', args => { sql => $drop } } ])),
	'400 dependency-error $.args[1]', '… also in a bulk');
is(sent('/v2/query', 'run_sql', { sql => q(SELECT to_regclass('u') IS NULL) })->{body}{result}[1][0], 't', '… of which nothing is done');
is(told(sent('/v2/query', 'run_sql', { sql => 'DO $$ BEGIN EXECUTE $x$ALTER TABLE purchases DROP user_id$x$; END $$', check_metadata_consistency => JSON::PP::true })), '400 dependency-error $', 'on demand');
is(told(sent('/v2/query', 'run_sql', { sql => 'ALTER TABLE purchases DROP user_id', check_metadata_consistency => JSON::PP::false })), '200 CommandOk', 'check_metadata_consistency: false');
is($server->get('/healthz?strict=true')->{status}, 500, '… leaves what is inconsistent');
is(told(sent('/v2/query', 'run_sql', { sql => 'ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME b TO a' })), '200 CommandOk', 'what was inconsistent before is no obstacle');
is(told(sent('/v2/query', 'run_sql', { sql => $drop })), '400 dependency-error $', '… but more of it is');
is(told(sent('/v2/query', 'run_sql', { sql => $drop, cascade => JSON::PP::true })), '200 CommandOk', 'cascade drops what needs it');
is(encode_json(sent('/v1/metadata', 'get_inconsistent_metadata', {})->{body}{inconsistent_objects}), '[]', '… and all is consistent');
is($server->get('/healthz?strict=true')->{status}, 200, '… and all is consistent');

# --- errors ----------------------------------------------------------------------------------------------------------

sub refused
{
	my ($what, $expected, $path, $request) = @_;

	my $reply = $server->post($path, $request);
	is(join(' ', $reply->{status}, @{ $reply->{json} }{qw(code path)}), $expected, $what);
}
refused('not-exists', '404 not-exists $', '/v1/metadata', { type => 'reload_remote_schema', args => { name => 'x' } });
refused('already-exists', '400 already-exists $', '/v1/metadata', { type => 'add_remote_schema', args => { name => 'auth0', definition => { url => $yoga->url } } });
refused('an unknown command', '400 invalid-configuration $', '/v1/metadata', { type => 'x', args => {} });
refused('an unknown member', '400 invalid-configuration $.args', '/v1/metadata', { type => 'reload_remote_schema', args => { nome => 'x' } });
refused('another source of a command', '404 not-exists $.args.source', '/v1/metadata',
	{ type => 'pg_delete_remote_relationship', args => { source => 'other', table => 'users', name => 'r' } });
refused('an unknown field of an API', '400 invalid-configuration $.args.definition.to_remote_schema.remote_field.nothing', '/v1/metadata',
	{ type => 'pg_create_remote_relationship', args => { source => 'default', table => 'users', name => 'r', definition =>
		{ to_remote_schema => { remote_schema => 'auth0', lhs_fields => ['id'], remote_field => { nothing => { arguments => {} } } } } } });
refused('no JSON', '400 parse-failed $', '/v1/metadata', 'nonsense');
refused('a list', '400 parse-failed $', '/v1/metadata', []);
refused('SQL that is none', '400 parse-failed $', '/v2/query', { type => 'run_sql', args => { sql => 1 } });
refused('another source', '400 parse-failed $', '/v2/query', { type => 'run_sql', args => { sql => 'SELECT 1', source => 'other' } });
my $reply = $server->post('/v1/metadata', { type => 'export_metadata', args => {} }, { origin => 'https://evil.example', 'content-type' => 'text/plain' });
is($reply->{status}, 415, "a page's form may not manage");

# --- who may manage --------------------------------------------------------------------------------------------------

my $weak = RemoteRel::Server->start($node, user => 'app');
$reply = $weak->post('/v2/query', { type => 'run_sql', args => { sql => 'SELECT 1' } });
is("$reply->{status} $reply->{json}{code}", '400 access-denied', 'a role that may not manage runs no SQL');
my $strong = RemoteRel::Server->start($node, user => 'app', metadata_database_url => RemoteRel::Server::connection_string($node));
is_deeply($strong->post('/v2/query', { type => 'run_sql', args => { sql => 'SELECT count(*) FROM users' } })->{json}{result}[1], ['2'], '… but the second connection does');
is($strong->graphql('{ users(limit: 1) { id } }')->{data}{users}[0]{id}, 1, '… and the administrator asks there');

done_testing();
