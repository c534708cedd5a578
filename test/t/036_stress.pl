# Several sessions change metadata, tables and grants and ask, all at once. Nobody sees half of a change or one that was taken back, nobody is refused
# for reasons of ours, nothing waits for itself, and who asks after a COMMIT has returned sees what it did.
#
# REMOTE_REL_STRESS: for how many seconds; "make test-long" takes 120.

use RemoteRel::Test;
use Time::HiRes qw(time);

my $seconds = $ENV{REMOTE_REL_STRESS} // 8;
my $node = start_node('log_statement = none', 'deadlock_timeout = 200ms', 'max_connections = 40', 'max_prepared_transactions = 5');
my $yoga = start_remote('yoga');

my $pair = sub {
	my ($type, $side, $n, $more) = @_;
	return { type => $type, args => { table => 'users', name => "${side}_$n", $more ? %$more : () } };
};
my $field = { remote_schema => 'api', remote_field => { a => { arguments => { x => '$id' } } } };
my $bulk = sub { return literal({ type => 'bulk', args => [@_] }) };
# api is either in state A or in state B: names of types, what the reader may ask, and what the reader may read of users
my %definition = map { $_ => { url => 'http://127.0.0.1:1/', customization => { type_names => { mapping => { T => "T$_" } } } } } qw(A B);
my $sdl = 'type Query { a(x: Int): Int ask: T } type T { A: Int B: Int }';
my $turn = sub {
	my ($to) = @_;
	return sprintf(q{PERFORM remote_rel.update_remote_schema('api', %s, NULL, %s);}, literal($definition{$to}), literal($sdl))
	  . q{PERFORM remote_rel.drop_remote_schema_permissions('api', 'regress_reader');}
	  . sprintf(q{PERFORM remote_rel.add_remote_schema_permissions('api', 'regress_reader', 'type Query { ask: T } type T { %s: Int }');}, $to)
	  . sprintf(q{REVOKE SELECT ON users FROM regress_reader; GRANT SELECT (id, "%s") ON users TO regress_reader;}, $to);
};
$node->safe_psql('postgres', qq{
	CREATE TABLE users (id int PRIMARY KEY, name text, "A" int DEFAULT 1, "B" int DEFAULT 2);
	INSERT INTO users (id, name) SELECT i, 'user ' || i FROM generate_series(1, 20) AS i;
	CREATE TABLE things (id int PRIMARY KEY, user_id int REFERENCES users);
	INSERT INTO things SELECT i, i FROM generate_series(1, 20) AS i;
	CREATE TABLE doomed (id int PRIMARY KEY);
	CREATE ROLE regress_reader;
	CREATE TABLE failure (who text, what text);
	CREATE TABLE done (who text, times int);
	SELECT remote_rel.add_remote_schema('api', '{"url": "http://127.0.0.1:1/"}', sdl => '$sdl');
	SELECT remote_rel.add_remote_schema('yoga', '{"url": "@{[$yoga->url]}"}');
	SELECT remote_rel.create_remote_relationship('users', 'profile', 'yoga', '{"company": {"arguments": {"id": "\$name"}}}');
	SELECT remote_rel.add_remote_schema_permissions('api', 'regress_reader', 'type Query { ask: T } type T { A: Int }');
	CREATE FUNCTION fields(type text, role name DEFAULT NULL) RETURNS text LANGUAGE sql AS \$\$
		SELECT concat(' ', string_agg(f ->> 'name', ' ' ORDER BY f ->> 'name'), ' ') FROM json_array_elements(
			graphql_resolve('query (\$t: String!) { __type(name: \$t) { fields { name } } }', role, jsonb_build_object('t', type)) #> '{data,__type,fields}') AS f \$\$;
	DO \$\$ BEGIN @{[$turn->('A')]} END \$\$});

# A session that does something over and over until time is up. What fails goes into a table, under the session's name.
sub looping
{
	my ($who, $declare, $body, %options) = @_;

	my $session = session($node, timeout => $seconds + 120);
	my $isolation = $options{isolation} // 'read committed';
	my $expected = join '', map { "WHEN SQLSTATE '$_' THEN NULL; " } @{ $options{expected} // [] };
	my $blocks = join '', map { <<"SQL" } split /^\s*COMMIT;\n/m, $body;
		BEGIN
			$_
		EXCEPTION
			$expected
			WHEN OTHERS THEN
				GET STACKED DIAGNOSTICS failed = PG_EXCEPTION_CONTEXT, detail = PG_EXCEPTION_DETAIL;
				failed := concat_ws(E'\\n', SQLSTATE, SQLERRM, detail, failed);
				INSERT INTO failure VALUES ('$who', failed);
		END;
		COMMIT;
SQL
	$session->query("SET default_transaction_isolation = '$isolation'; SET lock_timeout = '30s'; SET client_min_messages = error");
	$session->send(<<"SQL");
DO \$do\$
DECLARE
	until timestamptz := clock_timestamp() + '$seconds s';
	times int := 0;
	failed text;
	detail text;
	$declare
BEGIN
	WHILE clock_timestamp() < until LOOP
		$blocks
		times := times + 1;
	END LOOP;
	INSERT INTO done VALUES ('$who', times);
END
\$do\$
SQL
	return [ $who, $session ];
}

my @sessions;

# Pairs of relationships come and go together, by the door and one by one; sometimes they are taken back
for my $n (1, 2)
{
	my $both = $bulk->($pair->('create_remote_relationship', 'left', $n, $field), $pair->('create_remote_relationship', 'right', $n, $field));
	my $none = $bulk->($pair->('delete_remote_relationship', 'right', $n), $pair->('delete_remote_relationship', 'left', $n));
	push @sessions, looping("pairs $n", '', <<"SQL", $n == 2 ? (isolation => 'repeatable read', expected => ['40001']) : ());
			IF fields('users') LIKE '% left_$n %' THEN
				PERFORM remote_rel.metadata($none);
			END IF;
			IF random() < 0.3 THEN
				BEGIN
					PERFORM remote_rel.metadata($both);
					IF fields('users') NOT LIKE '% left_$n % right_$n %' THEN
						RAISE 'own change not seen: %', fields('users');
					END IF;
					RAISE division_by_zero;
				EXCEPTION WHEN division_by_zero THEN
					NULL;
				END;
				IF fields('users') ~ ' (left|right)_$n ' THEN
					RAISE 'own change not taken back: %', fields('users');
				END IF;
			ELSE
				PERFORM remote_rel.create_remote_relationship('users', 'left_$n', 'api', '{"a": {"arguments": {"x": "\$id"}}}');
				PERFORM remote_rel.create_remote_relationship('users', 'right_$n', 'api', '{"a": {"arguments": {"x": "\$id"}}}');
			END IF;
SQL
}
# The remote schema, the permission and the grants turn together
push @sessions, looping('turns', '', "IF times % 2 = 0 THEN @{[$turn->('B')]} ELSE @{[$turn->('A')]} END IF;");
# Tables that relationships use are renamed, and their columns
push @sessions, looping('renames', '', <<'SQL');
			ALTER TABLE users RENAME name TO title;
			ALTER TABLE things RENAME user_id TO owner;
			COMMIT;
			ALTER TABLE users RENAME title TO name;
			ALTER TABLE things RENAME TO stuff;
			COMMIT;
			ALTER TABLE stuff RENAME TO things;
			ALTER TABLE things RENAME owner TO user_id;
SQL
# A table is dropped while others give it relationships
push @sessions, looping('drops', '', <<'SQL');
			DROP TABLE IF EXISTS doomed;
			COMMIT;
			CREATE TABLE doomed (id int PRIMARY KEY);
SQL
push @sessions, looping('gives', '', <<'SQL', expected => [ '42P01', '22023', '42809', '42710', '42704' ]);
			PERFORM remote_rel.create_remote_relationship('doomed', 'one', 'api', '{"a": {"arguments": {"x": "$id"}}}');
			COMMIT;
			PERFORM remote_rel.delete_remote_relationship('doomed', 'one');
SQL

# Who looks, in three isolation levels: either both or none, either A or B, and every answer is whole
my $looks = <<'SQL';
			seen := fields('users');
			FOR i IN 1 .. 2 LOOP
				IF (seen LIKE '% left_' || i || ' %') <> (seen LIKE '% right_' || i || ' %') THEN
					RAISE 'half a pair: %', seen;
				END IF;
			END LOOP;
			IF seen NOT LIKE '% profile %' OR (seen LIKE '% name %') = (seen LIKE '% title %') THEN
				RAISE 'half a rename: %', seen;
			END IF;
			seen := graphql_schema('regress_reader');
			state := substring(seen FROM 'ask: T([AB])');
			IF state IS NULL OR seen NOT LIKE '%type T' || state || ' {%' || state || ': Int%' OR seen ~ format('\mT?%s\M', translate(state, 'AB', 'BA')) THEN
				RAISE 'half a turn: %', seen;
			END IF;
			FOREACH query IN ARRAY ARRAY['{ users { id left_1 } }', '{ users { id right_1 things { id } } }', '{ users(limit: 1) { name profile { name } } }', '{ users(limit: 1) { title profile { name } } }'] LOOP
				answer := graphql_resolve(query);
				IF answer ->> 'data' IS NULL AND answer #>> '{errors,0,extensions,code}' <> 'validation-failed' THEN
					RAISE 'no answer to %: %', query, answer;
				END IF;
			END LOOP;
			FOREACH state IN ARRAY ARRAY['A', 'B'] LOOP
				answer := graphql_resolve(format('{ users(limit: 1) { %s } ask { %s } }', state, state), 'regress_reader');
				-- privileges hold when a statement runs, and may be gone by then
				IF answer ->> 'data' IS NULL AND answer #>> '{errors,0,extensions,code}' NOT IN ('validation-failed', 'permission-error') THEN
					RAISE 'no answer as a role: %', answer;
				END IF;
			END LOOP;
SQL
my $variables = q{seen text; state text; query text; answer json;};
push @sessions, looping('looks', $variables, $looks), looping('looks twice', $variables, $looks),
  looping('looks in one snapshot', $variables, $looks . $looks, isolation => 'repeatable read'),
  looping('looks serializably', $variables, $looks, isolation => 'serializable', expected => ['40001']);

# Shaking hands: what one has committed, the other's next statement obeys
my ($writer, $reader, $preparer) = map { session($node, timeout => $seconds + 120) } 1 .. 3;
$_->query('SET client_min_messages = error') for $writer, $reader, $preparer;
$writer->query(q{CREATE TABLE shaken (id int PRIMARY KEY, secret text); INSERT INTO shaken VALUES (1, 's'); CREATE ROLE regress_shaken; CREATE ROLE regress_group; GRANT SELECT (secret) ON shaken TO regress_group;
	SELECT remote_rel.add_remote_schema('hands', '{"url": "http://127.0.0.1:1/"}', sdl => 'type Query { h(x: Int): Int }')});
my $may = q{SELECT (graphql_resolve('{ shaken { id secret } }', 'regress_shaken') ->> 'data' IS NOT NULL)::int};
my $remote_may = q{SELECT (graphql_resolve('{ h }', 'regress_shaken') ->> 'data' IS NOT NULL)::int};
my $joins = q{SELECT (graphql_resolve('{ shaken { hand } }') ->> 'data' IS NOT NULL)::int};
my $renamed = q{SELECT (graphql_resolve('{ shaken { id } }') ->> 'data' IS NOT NULL)::int};
my $relationship = q{SELECT remote_rel.create_remote_relationship('shaken', 'hand', 'hands', '{"h": {"arguments": {"x": "$id"}}}')};
my @handshakes = (
	[ 'a grant', $may, 'GRANT SELECT ON shaken TO regress_shaken', 1, 'REVOKE SELECT ON shaken FROM regress_shaken', 0 ],
	[ 'a membership', $may, 'GRANT SELECT (id) ON shaken TO regress_shaken; GRANT regress_group TO regress_shaken', 1, 'REVOKE regress_group FROM regress_shaken', 0, 'REVOKE SELECT (id) ON shaken FROM regress_shaken', 0 ],
	[ 'a remote permission', $remote_may, q{SELECT remote_rel.add_remote_schema_permissions('hands', 'regress_shaken', 'type Query { h(x: Int): Int }')}, 1,
		q{SELECT remote_rel.drop_remote_schema_permissions('hands', 'regress_shaken')}, 0 ],
	[ 'a relationship', $joins, $relationship, 1, q{BEGIN; SELECT remote_rel.delete_remote_relationship('shaken', 'hand'); SAVEPOINT s; } . "$relationship; ROLLBACK TO s; COMMIT", 0 ],
	[ 'a rename', $renamed, 'ALTER TABLE shaken RENAME id TO key', 0, 'ALTER TABLE shaken RENAME key TO id', 1 ],
	[ 'a prepared transaction', $joins, "BEGIN; $relationship; PREPARE TRANSACTION 'hand'", 0, q{COMMIT PREPARED 'hand'}, 1, q{SELECT remote_rel.delete_remote_relationship('shaken', 'hand')}, 0 ]);
$preparer->query("PREPARE hand$_ AS $handshakes[$_][1]") for 0 .. $#handshakes;
my $end = time + $seconds;
my ($shaken, %missed) = (0);
while (time < $end)
{
	for my $n (0 .. $#handshakes)
	{
		my ($what, $ask, @steps) = @{ $handshakes[$n] };
		while (my ($change, $expected) = splice @steps, 0, 2)
		{
			$writer->query($change);
			$missed{"$what: $change fails: $writer->{stderr}"}++ if $writer->{stderr} ne '';
			for my $session ($reader, $writer, $preparer)
			{
				my $seen = $session->query($session == $preparer ? "EXECUTE hand$n" : $ask);
				$missed{"$what: after $change: $seen $session->{stderr}"}++ if $seen ne $expected;
			}
			$shaken++;
		}
	}
}
is_deeply(\%missed, {}, 'a committed change is obeyed by the next statement of every session');
cmp_ok($shaken, '>', $seconds, "hands were shaken $shaken times");

for (@sessions)
{
	my ($who, $session) = @$_;
	$session->wait;
	is($session->{stderr}, '', "$who: no error");
}
is($node->safe_psql('postgres', 'SELECT who, count(*), left(what, 2000) FROM failure GROUP BY who, what ORDER BY 2 DESC LIMIT 10'), '', 'nobody saw what should not be, or was refused');
note($node->safe_psql('postgres', 'SELECT who, times FROM done ORDER BY who'));
is($node->safe_psql('postgres', 'SELECT count(*) FROM done WHERE times < 5'), '0', 'everybody did something');
is($node->safe_psql('postgres', 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'), '0', 'no deadlock');
my $log = slurp_file($node->logfile);
is(join("\n", $log =~ /^.*(?:PANIC|FATAL|TRAP|terminated by signal|XX000|cache lookup failed|deadlock).*$/mg), '', 'nothing in the log that should not be there');
is($node->safe_psql('postgres', q{SELECT remote_rel.metadata('{"type": "get_inconsistent_metadata", "args": {}}')}), '{"is_consistent": true, "inconsistent_objects": []}', 'all is consistent in the end');

done_testing();
