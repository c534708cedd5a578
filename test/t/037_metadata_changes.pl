# Changes reach sessions that have asked before, with the same document and a kept plan; those that meet, of metadata and of tables, wait for each other and lose nothing.

use RemoteRel::Test;
use MIME::Base64 qw(encode_base64url);

my $node = start_node('max_prepared_transactions = 5', q{remote_rel.exposed_schemas = 'public, fleet, navy'});
my $yoga = start_remote('yoga');
my ($this, $other, $third) = map { session($node) } 1 .. 3;

sub change
{
	my ($name, $sdl) = @_;

	my $answer = HTTP::Tiny->new->put($yoga->url("/mock/$name?sdl=" . encode_base64url($sdl)));
	die "$answer->{status} $answer->{content}" unless $answer->{success};
}

sub definition { return literal({ url => $yoga->url("/mock/$_[0]") }) }

my $vessels = 'type Query { vessel(imo: String, lang: Lang): Vessel }  type Vessel { imo: String  name: String }  enum Lang { EN DE }';
change(registry => $vessels);
change(moved => $vessels =~ s/name: String/name: String  age: Int/r);
$this->query(q{
	CREATE ROLE regress_clerk;
	CREATE TABLE ships (id int PRIMARY KEY, imo text, port text);
	INSERT INTO ships VALUES (1, '9', 'HAM');
	GRANT SELECT ON ships TO regress_clerk});
$this->query(sprintf q{
	SELECT remote_rel.add_remote_schema('registry', %s);
	SELECT remote_rel.create_remote_relationship('ships', 'vessel', 'registry', '{"vessel": {"arguments": {"imo": "$imo"}}}');
	SELECT remote_rel.add_remote_schema_permissions('registry', 'regress_clerk', 'type Query { vessel(imo: String): Vessel } type Vessel { name: String }')}, definition('registry'));
is($this->{stderr}, '', 'a table joined with an upstream');

# The whole answer of a document, its errors as their messages; each document is asked three times, so that its plan is a kept one.
sub ask
{
	my ($session, $document, $role) = @_;

	my $sql = sprintf 'SELECT graphql_resolve(%s, %s)', literal($document), literal($role);
	my @answers = map { $session->query($sql) } 1 .. 3;
	return "differs: @answers" if grep { $_ ne $answers[0] } @answers;
	my $answer = decode_json($answers[0]);
	return $answer->{errors} ? join ' / ', map { $_->{message} } @{ $answer->{errors} } : encode_json($answer->{data});
}

# --- what one session does, another with kept plans sees at its next query ----------------------------------------------

my $joined = '{ ships { vessel { name } } }';
my $found = '{"ships":[{"vessel":{"name":"name"}}]}';
my $older = '{ ships { vessel { age } } }';
my $unknown = 'Cannot query field "age" on type "Vessel". Did you mean "name"?';
sub everybody_sees
{
	my ($document, $expected, $what, $role) = @_;

	is(ask($other, $document, $role), $expected, "$what, in another session");
	is(ask($this, $document, $role), $expected, "$what, in the same");
}

everybody_sees($joined, $found, 'joined');
everybody_sees($joined, $found, 'joined', 'regress_clerk');
everybody_sees($older, $unknown, 'a field that the upstream has not');
change(registry => $vessels =~ s/name: String/name: String  age: Int/r);
everybody_sees($older, $unknown, 'or that has not been asked for');
$this->query(q{SELECT remote_rel.reload_remote_schema('registry')});
everybody_sees($older, '{"ships":[{"vessel":{"age":3}}]}', 'a reload shows it');
everybody_sees($older, $unknown, 'but not to a role whose permission lacks it', 'regress_clerk');
change(registry => $vessels =~ s/imo: String, /imo: Int!, /r);
$this->query(q{SELECT remote_rel.reload_remote_schema('registry')});
like($this->{stderr}, qr/remote_relationship "ships.vessel" has become inconsistent/, 'a reload tells what does not fit any more');
everybody_sees($joined, 'Cannot query field "vessel" on type "ships".', 'what does not fit is gone');
everybody_sees($joined, 'Cannot query field "vessel" on type "ships".', 'for roles as well', 'regress_clerk');
everybody_sees('{ vessel(imo: 1) { name } ships { id } }', '{"ships":[{"id":1}],"vessel":{"name":"name"}}', 'the rest works');
change(registry => $vessels);
$this->query(q{SELECT remote_rel.reload_remote_schema('registry')});
everybody_sees($joined, $found, 'and back');
everybody_sees($joined, $found, 'for roles as well', 'regress_clerk');

# Rolled back, nothing of it is seen
$this->query(sprintf q{BEGIN; SELECT remote_rel.update_remote_schema('registry', %s)}, definition('moved'));
is(ask($this, $older), '{"ships":[{"vessel":{"age":3}}]}', 'the session itself sees its change');
is(ask($other, $joined), $found, 'others do not');
$this->query('ROLLBACK');
everybody_sees($older, $unknown, 'rolled back');

# The next request goes where the definition says, with its headers
$yoga->reset;
ask($other, $joined);
$this->query(sprintf q{SELECT remote_rel.update_remote_schema('registry', %s::jsonb || '{"headers": [{"name": "x-new", "value": "yes"}]}')}, definition('moved'));
ask($other, $joined);
my @headers = map { $_->{headers}{'x-new'} // 'none' } grep { $_->{query} !~ /__schema/ } @{ [ $yoga->log ] };
is("@headers", 'none none none yes yes yes', 'an update takes effect at once, kept plan or not');
everybody_sees($older, '{"ships":[{"vessel":{"age":3}}]}', 'and the new schema is there');
$this->query(q{SELECT remote_rel.update_remote_schema('registry', '{"url": "http://127.0.0.1:1/"}')});
like($this->{stderr}, qr/could not reach remote schema "registry"/, 'an update to a bad address fails');
everybody_sees($older, '{"ships":[{"vessel":{"age":3}}]}', 'and changes nothing');

# Tables
$this->query('ALTER TABLE ships RENAME imo TO number');
everybody_sees($joined, $found, 'a joining column that is renamed');
$this->query('ALTER TABLE ships DROP COLUMN number');
like($this->{stderr}, qr/^NOTICE: .*"ships.vessel" has become inconsistent/, 'one that is dropped: a notice');
everybody_sees($joined, 'Cannot query field "vessel" on type "ships".', 'and its relationship is gone');
$this->query(q{ALTER TABLE ships ADD COLUMN number text DEFAULT '9'});
everybody_sees($joined, $found, 'one that comes back');
$this->query('ALTER TABLE ships ALTER COLUMN number DROP DEFAULT, ALTER COLUMN number TYPE integer USING 9');
everybody_sees($joined, 'Cannot query field "vessel" on type "ships".', 'a type that does not fit');
$this->query('ALTER TABLE ships ALTER COLUMN number TYPE varchar');
everybody_sees($joined, $found, 'and one that does');
$this->query('REVOKE SELECT ON ships FROM regress_clerk; GRANT SELECT (id) ON ships TO regress_clerk');
everybody_sees($joined, 'Cannot query field "vessel" on type "ships".', 'a role that may not read the column any more', 'regress_clerk');
$this->query('GRANT SELECT ON ships TO regress_clerk');
everybody_sees($joined, $found, 'and may again', 'regress_clerk');

# A reload that an update overtakes keeps what the update has fetched
$this->query(sprintf q{SELECT remote_rel.update_remote_schema('registry', %s)}, literal({ url => $yoga->url('/mock/registry?delay=700') }));
$yoga->reset;
$other->send(q{SELECT remote_rel.reload_remote_schema('registry')});
wait_until('the reload asks', sub { $yoga->requests > 0 });
$this->query(sprintf q{SELECT remote_rel.update_remote_schema('registry', %s)}, definition('moved'));
$other->wait;
is($this->{stderr} . $other->{stderr}, '', 'a reload and an update meet');
is($third->query(q{SELECT definition ->> 'url' LIKE '%moved', sdl LIKE '%age%' FROM remote_rel.remote_schema}), 't|t', 'definition and schema are of one upstream');

# In two phases
$this->query(q{BEGIN; ALTER TABLE ships RENAME number TO imo; PREPARE TRANSACTION 'rename'});
is($this->{stderr}, '', 'a rename is prepared');
$third->query(q{COMMIT PREPARED 'rename'});
everybody_sees($joined, $found, 'and committed by another session');
is($other->query(q{SELECT definition #>> '{to_remote_schema,lhs_fields,0}' FROM remote_rel.table_relationship}), 'imo', 'the relationship has followed');

# --- sessions that meet ---------------------------------------------------------------------------------------------------

sub is_waiting
{
	my ($session) = @_;

	wait_until('it waits', sub { $node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = " . $session->pid) > 0 });
}

my $relationships = q{SELECT string_agg(format('%s.%s %s', table_name, name, definition -> 'to_remote_schema' -> 'lhs_fields'), ', ' ORDER BY table_name, name) FROM remote_rel.table_relationship};
my $inconsistent = q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}') -> 'inconsistent_objects'};
my $create = q{SELECT remote_rel.create_remote_relationship('%s', '%s', 'registry', '{"vessel": {"arguments": {"imo": "$%s"}}}')};

# A relationship that is not committed yet holds up the rename of its table; then the rename finds it
$this->query('BEGIN; ' . sprintf $create, 'ships', 'second', 'port');
$other->send('ALTER TABLE ships RENAME port TO harbour');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($third->query($relationships), 'ships.second ["harbour"], ships.vessel ["imo"]', 'a rename follows a relationship that was made while it waited');

# A rename that is not committed yet holds up a relationship, which finds what is there then
$this->query('BEGIN; ALTER TABLE ships RENAME harbour TO port');
$other->send(sprintf $create, 'ships', 'third', 'port');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($other->{stderr}, '', 'a relationship that waited for a rename');
$this->query('BEGIN; ALTER TABLE ships RENAME port TO harbour');
$other->send(sprintf $create, 'ships', 'fourth', 'port');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
like($other->{stderr}, qr/Table "ships" has no column or computed field "port"/, 'or that came too late');
is($third->query($relationships), 'ships.second ["harbour"], ships.third ["harbour"], ships.vessel ["imo"]', 'as stored');

# A drop finds a relationship that was made while it waited; a relationship finds that there is no table any more
$this->query('CREATE TABLE gone (imo text)');
$this->query('BEGIN; ' . sprintf $create, 'gone', 'vessel', 'imo');
$other->send('DROP TABLE gone');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
like($other->{stderr}, qr/relationship "vessel" goes with table "public.gone"/, 'a drop takes what was made while it waited');
$this->query('CREATE TABLE gone (imo text)');
$this->query('BEGIN; DROP TABLE gone');
$other->send(sprintf $create, 'gone', 'vessel', 'imo');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
like($other->{stderr}, qr/table "public.gone" does not exist/, 'a relationship that waited for a drop');
is($third->query($inconsistent), '[]', 'nothing is inconsistent');

# The same of the table at the other end, of schemas and of functions
$this->query('CREATE SCHEMA fleet; CREATE TABLE fleet.voyages (imo text)');
my $to_source = q{SELECT remote_rel.create_remote_schema_remote_relationship('registry', 'Vessel', '%s', '{"to_source": {"relationship_type": "array", "table": {"schema": "fleet", "name": "%s"}, "field_mapping": {"imo": "imo"}}}')};
my $targets = q{SELECT string_agg(format('%s: %s.%s %s', name, definition #>> '{to_source,table,schema}', definition #>> '{to_source,table,name}', definition #> '{to_source,field_mapping}'), ', ' ORDER BY name) FROM remote_rel.remote_schema_relationship};
$this->query('BEGIN; ' . sprintf $to_source, 'trips', 'voyages');
$other->send('ALTER TABLE fleet.voyages RENAME TO journeys');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($third->query($targets), 'trips: fleet.journeys {"imo": "imo"}', 'the table at the other end');
$this->query('BEGIN; ' . sprintf $to_source, 'trips_too', 'journeys');
$other->send('ALTER SCHEMA fleet RENAME TO navy');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($third->query($targets), 'trips: navy.journeys {"imo": "imo"}, trips_too: navy.journeys {"imo": "imo"}', 'its schema');
$this->query('CREATE FUNCTION label(ships) RETURNS text LANGUAGE sql STABLE AS $$ SELECT $1.imo $$');
$this->query(q{BEGIN; SELECT remote_rel.add_computed_field('ships', 'label', 'label')});
$other->send('ALTER FUNCTION label(ships) RENAME TO mark');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($third->query('SELECT function_name FROM remote_rel.computed_field'), 'mark', 'a function');

# Two renames that both concern one relationship: of the tables at its two ends
$this->query('CREATE TABLE a (x text, y text); CREATE TABLE b (x text, y text)');
$this->query(q{SELECT remote_rel.create_array_relationship('a', 'bs', '{"manual_configuration": {"remote_table": "b", "column_mapping": {"x": "y"}}}')});
$this->query('BEGIN; ALTER TABLE a RENAME x TO xx; ALTER TABLE a RENAME TO aa');
$other->send('ALTER TABLE b RENAME y TO yy');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
$this->query('BEGIN; ALTER TABLE b RENAME TO bb');
$other->send('ALTER TABLE aa RENAME TO aaa');
is_waiting($other);
$this->query('COMMIT');
$other->wait;
is($other->{stderr}, '', 'nobody was refused');
is($third->query(q{SELECT table_name, definition FROM remote_rel.table_relationship WHERE name = 'bs'}),
	'aaa|{"manual_configuration": {"remote_table": {"name": "bb", "schema": "public"}, "column_mapping": {"xx": "yy"}}}', 'and both are followed');

# In a transaction whose snapshot is older than the relationship, the rename goes through; what it cannot follow it warns of
$other->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$this->query(sprintf $create, 'aaa', 'late', 'xx');
$other->query('ALTER TABLE aaa RENAME xx TO x');
like($other->{stderr}, qr/^(WARNING: .*could not follow this command.*|)$/s, 'an old snapshot is no obstacle');
$other->query('ROLLBACK');
is($third->query($inconsistent), '[]', 'all fits');

# --- tables change while they are queried: every answer is whole --------------------------------------------------------------

$this->query(q{CREATE TABLE live (id int PRIMARY KEY, imo text); INSERT INTO live SELECT i, i FROM generate_series(1, 3) AS i;
	SELECT remote_rel.create_remote_relationship('live', 'vessel', 'registry', '{"vessel": {"arguments": {"imo": "$imo"}}}')});
my @writers = map { session($node) } 1 .. 2;
my @readers = map { session($node) } 1 .. 2;
$writers[0]->send(q{DO $$ BEGIN FOR i IN 1 .. 60 LOOP
	ALTER TABLE live RENAME imo TO number; COMMIT; PERFORM pg_sleep(0.005);
	ALTER TABLE live RENAME number TO imo; COMMIT; PERFORM pg_sleep(0.005);
	END LOOP; END $$});
$writers[1]->send(q{DO $$ BEGIN FOR i IN 1 .. 60 LOOP
	ALTER TABLE live ADD COLUMN more int; COMMIT; PERFORM pg_sleep(0.005);
	ALTER TABLE live DROP COLUMN more; COMMIT; PERFORM pg_sleep(0.005);
	END LOOP; END $$});
my $look = q{DO $$ DECLARE answer json; seen int := 0; failed int := 0; BEGIN
	FOR i IN 1 .. 250 LOOP
		answer := graphql_resolve('{ live(order_by: {id: asc}) { id vessel { name } } }');
		IF answer::text = '{"data":{"live":[{"id":1,"vessel":{"name":"name"}},{"id":2,"vessel":{"name":"name"}},{"id":3,"vessel":{"name":"name"}}]}}' THEN seen := seen + 1;
		ELSE RAISE EXCEPTION '%', answer; END IF;
		COMMIT;
	END LOOP;
	RAISE NOTICE 'seen %', seen; END $$};
$_->send($look) for @readers;
$_->wait for @writers, @readers;
is($_->{stderr}, '', 'a session that changes') for @writers;
like($_->{stderr}, qr/\ANOTICE:  seen 250\z/, 'a session that asks') for @readers;
is($third->query($inconsistent), '[]', 'all fits in the end');

# --- our side in trouble --------------------------------------------------------------------------------------------------------

# Without the library
$this->query('CREATE ROLE regress_ddl; GRANT ALL ON SCHEMA public TO regress_ddl');
$node->safe_psql('postgres', q{CREATE DATABASE broken});
$node->safe_psql('broken', q{CREATE EXTENSION remote_rel; GRANT ALL ON SCHEMA public TO regress_ddl;
	INSERT INTO remote_rel.table_relationship VALUES ('public', 'ships', 'x', 'remote', '{"to_remote_schema": {"remote_schema": "r", "lhs_fields": ["imo"], "remote_field": {"v": {"arguments": {"imo": "$imo"}}}}}');
	UPDATE pg_proc SET probin = '/nowhere/remote_rel' WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND probin LIKE '%remote_rel%'});
my $broken = session($node, database => 'broken');
$broken->query(q{SET ROLE regress_ddl; CREATE TABLE ships (imo text); CREATE TEMP TABLE t (a int); DROP TABLE t});
is($broken->{stderr}, '', 'without the library: what does not concern us says nothing');
for my $ddl ('ALTER TABLE ships RENAME imo TO number', q{COMMENT ON TABLE ships IS 'here'}, 'ALTER TABLE ships DROP COLUMN number', 'DROP TABLE ships')
{
	$broken->query($ddl);
	unlike($broken->{stderr}, qr/ERROR/, "$ddl goes through");
	like($broken->{stderr}, qr/WARNING:  remote_rel .*\nDETAIL:  could not access file "\/nowhere\/remote_rel"/, 'with a warning');
}
is($broken->query(q{SELECT count(*) FROM pg_class WHERE relname = 'ships'}), 0, 'it did');
$broken->quit;

# Owned by a role that is no superuser any more, and then has no rights on the catalogs
$node->safe_psql('postgres', q{CREATE ROLE regress_former SUPERUSER; CREATE DATABASE former OWNER regress_ddl});
my $former = session($node, database => 'former');
$former->query(q{SET SESSION AUTHORIZATION regress_former; CREATE EXTENSION remote_rel; GRANT ALL ON SCHEMA public TO regress_ddl;
	RESET SESSION AUTHORIZATION; ALTER ROLE regress_former NOSUPERUSER;
	SET ROLE regress_ddl; CREATE TABLE ships (imo text); RESET ROLE; SET SESSION AUTHORIZATION regress_former;
	SELECT remote_rel.add_remote_schema('r', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { v(imo: String): Int }');
	SELECT remote_rel.create_remote_relationship('ships', 'v', 'r', '{"v": {"arguments": {"imo": "$imo"}}}');
	RESET SESSION AUTHORIZATION; SET ROLE regress_ddl; ALTER TABLE ships RENAME imo TO number; ALTER TABLE ships RENAME TO craft; RESET ROLE});
is($former->{stderr}, '', 'an owner that is no superuser');
is($former->query($relationships), 'craft.v ["number"]', 'renames are followed all the same');
$former->query('REVOKE ALL ON ALL TABLES IN SCHEMA remote_rel FROM regress_former; SET ROLE regress_ddl; ALTER TABLE craft RENAME TO ships; DROP TABLE ships');
unlike($former->{stderr}, qr/ERROR/, 'without rights, DDL goes through');
like($former->{stderr}, qr/WARNING:  remote_rel could not follow this command\nDETAIL:  permission denied/, 'with warnings');
$former->quit;

done_testing();
