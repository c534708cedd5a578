# The random renames of test/sql/metadata_random.sql in four sessions at once: nothing is lost, nobody is refused, and no session takes another's rename for its own.

use RemoteRel::Test;

my $node = start_node();
my $sql = slurp_file('test/sql/metadata_random.sql');
$sql =~ s/^(?:\\.*|.*DATABASE.*)\n//mg;
$sql =~ s/^SELECT setseed.*//ms;
$node->safe_psql('postgres', $sql);

my @sessions = map { session($node) } 1 .. 4;
# names are looked up before they are locked: what another session has renamed by then is not there for the server
$_->send(q{DO $$ BEGIN
	FOR i IN 1 .. 200 LOOP
		BEGIN
			PERFORM change();
			IF random() < 0.2 THEN RAISE division_by_zero; END IF;
		EXCEPTION WHEN division_by_zero OR undefined_table OR undefined_function OR undefined_column OR undefined_object OR invalid_schema_name
			OR unique_violation THEN NULL;
		-- a name that changes hands while ALTER waits for its lock makes it lock another table: two sessions that do so deadlock; the one that the
		-- server chooses goes on, as any client would, with its transaction rolled back
		WHEN deadlock_detected THEN NULL;
		-- ALTER SCHEMA takes no lock: of two at once, the server tells one so
		WHEN internal_error THEN IF SQLERRM <> 'tuple concurrently updated' THEN RAISE; END IF;
		END;
		COMMIT;
	END LOOP;
END $$}) for @sessions;
$_->wait for @sessions;
is($_->{stderr}, '', 'a session that renames') for @sessions;
is($node->safe_psql('postgres', 'TABLE wrong'), '', 'all of the metadata means what it meant');
cmp_ok($node->safe_psql('postgres', 'SELECT last_value FROM changes'), '>', 200, 'after many changes');
is($node->safe_psql('postgres', 'SELECT count(*) FROM stored'), 38, 'and all of it is there');

done_testing();
