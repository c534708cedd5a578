# remote-rel metadata: what a metadata directory may hold: YAML as Hasura's CLI reads it, errors with their places, and
# nothing that makes the program hang. And how the program is called.

use RemoteRel::Test;
use RemoteRel::Server;
use File::Path 'make_path';
use IPC::Run ();

my $program = RemoteRel::Server::program();
my $work = "$ENV{TESTDATADIR}/files";
my $nowhere = 'postgresql://127.0.0.1:1/nowhere';
my $count = 0;

# (exit status, stdout, stderr); status 1000 and more: a signal, or five minutes are over
sub remote_rel
{
	my (@arguments) = @_;

	my ($out, $err) = ('', '');
	my $ended = eval {
		IPC::Run::run([ $program, @arguments ], '<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(300));
		1;
	};
	return (!$ended ? 2000 : $? & 127 ? 1000 + ($? & 127) : $? >> 8, $out, $err);
}

# A new directory of version 3 with these files besides.
sub directory
{
	my (%content) = @_;

	my $folder = "$work/" . ++$count;
	$content{'version.yaml'} //= "version: 3\n";
	for my $path (keys %content)
	{
		my ($parent) = "$folder/$path" =~ m{^(.*)/};
		make_path($parent);
		open my $out, '>:raw', "$folder/$path" or die "$path: $!";
		print $out $content{$path};
		close $out;
	}
	return $folder;
}

# What apply says of it, without the directory; the database is not asked when files are wrong.
sub error_of
{
	my ($folder) = @_;

	my ($status, $out, $err) = remote_rel('metadata', 'apply', '--project', $folder, $nowhere);
	is($status, 2, '… exit status 2') if $status != 2;
	return $err =~ s/^remote-rel: //r =~ s{\Q$folder\E/(?:\./)?}{}gr =~ s/\n\z//r;
}

# A file with bytes changed, put in and taken away; the same for the same seed.
sub mutated
{
	my ($text, $seed) = @_;

	srand $seed;
	my @pieces = ("\n", '  ', '- ', ': ', '{', '}', '[', ']', '&a ', '*a', '<<: *a', '!!str ', '!x ', '"', "'", '|', '>', '|2-', '#', "\t", '? ', '---', "\xff", "\0", '"!include x.yaml"', '%YAML 1.2');
	for (1 .. 1 + int rand 12)
	{
		my $at = int rand 1 + length $text;
		substr $text, $at, int rand 4, rand() < 0.7 ? $pieces[rand @pieces] : chr rand 256;
	}
	return $text;
}

sub refused
{
	my ($yaml, $wanted, $name) = @_;

	is(error_of(directory('network.yaml' => $yaml)), "network.yaml:$wanted", $name);
	return;
}

# --- how it is called ------------------------------------------------------------------------------------------------

for ([ [qw(metdata apply)], 1, qr/^remote-rel: there is no command "metdata"; did you mean "metadata"\?$/ ],
	[ [qw(metadata aply)], 2, qr/^remote-rel: there is no command "metadata aply"; did you mean "metadata apply"\?$/ ],
	[ [qw(metadata inconsistency lst)], 2, qr/did you mean "metadata inconsistency list"\?$/ ],
	[ [qw(metadata inconsistency)], 2, qr/^remote-rel: there is no command "metadata inconsistency"/ ],
	[ [qw(metadata zzzzzzzz)], 2, qr/^remote-rel: there is no command "metadata zzzzzzzz"; --help lists them$/ ],
	[ [qw(metadata apply --projct x)], 2, qr/^remote-rel: metadata apply has no option "--projct"; did you mean --project\?$/ ],
	[ [qw(metadata reload --sql x)], 2, qr/^remote-rel: metadata reload has no option "--sql"/ ],
	[ [qw(metadata apply --project)], 2, qr/^remote-rel: --project needs a value$/ ],
	[ [qw(metadata apply --dry-run=yes)], 2, qr/^remote-rel: --dry-run takes no value$/ ],
	[ [qw(metadata diff --color=pink)], 2, qr/^remote-rel: --color must be auto, always or never, not "pink"$/ ],
	[ [qw(metadata diff --timeout=soon)], 2, qr/^remote-rel: --timeout must be a number of seconds, not "soon"$/ ])
{
	my ($arguments, $wanted, $message) = @$_;
	my ($status, $out, $err) = remote_rel(@$arguments);
	is("$status $out", "$wanted ", "@$arguments");
	like($err, $message, '… is said');
}
for my $command ([], [qw(apply)], [qw(export)], [qw(diff)], [qw(reload)], [qw(clear)], map { [ 'inconsistency', $_ ] } qw(list status drop))
{
	my ($status, $out) = remote_rel('metadata', @$command, '--help');
	is($status, 0, "metadata @$command --help");
	like($out, qr/^remote-rel metadata @{[ "@$command" || 'COMMAND' ]} /, '… helps');
}
my (undef, $man) = remote_rel('man-page');
like($man, qr/^\.B inconsistency status$/m, 'the manual page has the commands');
like($man, qr/^\.B \\-\\-allow\\-inconsistent$/m, '… and options');
is((remote_rel('metadata', 'apply', '--project', directory()))[0], 2, 'nobody to send it to');
like((remote_rel('metadata', 'apply', '--project', "$work/none", $nowhere))[2], qr/^remote-rel: there are no metadata in /, 'a directory that is not there is not taken for empty');

# --- wrong files -----------------------------------------------------------------------------------------------------

refused("a: [1, 2\n", '2:1: did not find expected \',\' or \']\', while parsing a flow sequence', 'a list that does not end');
refused("a: 1\n b: 2\n", '2:3: mapping values are not allowed in this context', 'a wrong indentation');
refused("a:\n\t- 1\n", '2:1: found character that cannot start any token, while scanning for the next token', 'a tab');
refused("a: 1\nb: 2\na: 3\n", '3:1: the key "a" is there twice', 'a key that is there twice');
refused("a: *b\n", '1:4: there is no anchor "&b" before this alias', 'an alias of nothing');
refused("a: &b [*b]\n", '1:8: the alias "*b" stands inside of what it stands for', 'an alias within itself');
refused("a: !thing 1\n", '1:4: the tag "!thing" is not known here', 'a tag');
refused("a: !!binary aGk=\n", '1:4: the tag "tag:yaml.org,2002:binary" is not known here', '… of YAML');
refused("a: !!int word\n", '1:4: "word" is not what its tag says', 'a value that does not fit its tag');
refused("a: .inf\n", '1:4: ".inf" is a number that JSON has no form for; quote it to have a text', 'a number that JSON does not have');
refused("a: \"\\0\"\n", '1:4: a text with the character 0 cannot be stored', 'the character 0');
refused("url: {{HOST}}\n", '1:7: a key must be a text; a value that begins with {{ needs quotes', 'a variable without quotes');
refused("<<: 1\n", '1:5: only mappings can be merged by "<<"', 'a merge of no mapping');
refused("a: 1\n---\nb: 2\n", '2:1: a second document begins here; a file holds one', 'two documents');
like(error_of(directory('network.yaml' => "a: \xff\n")), qr/^network\.yaml:\d+:\d+: /, 'no UTF-8');
is(error_of(directory('version.yaml' => "version: 7\n")), 'version.yaml:1:1: the version must be 2 or 3', 'an unknown version');
is(error_of(directory('network.yaml' => "a: !include x.yaml\n")), 'network.yaml:1:4: there is no file "x.yaml" to include', 'an include of nothing');
is(error_of(directory('network.yaml' => "- \"!include ../x.yaml\"\n")), 'network.yaml:1:3: !include "../x.yaml" leads out of the metadata directory', 'an include that leads out');
is(error_of(directory('network.yaml' => "- \"!include /etc/passwd\"\n")), 'network.yaml:1:3: !include "/etc/passwd" leads out of the metadata directory', '… by its whole path');
is(error_of(directory('network.yaml' => "- \"!include a/b.yaml\"\n", 'a/b.yaml' => "x:\n- \"!include ../network.yaml\"\n")),
	'a/b.yaml:2:3: !include "../network.yaml" includes the file that it stands in', 'an include of itself');
{
	my $folder = directory('network.yaml' => "- \"!include link.yaml\"\n");
	symlink('/etc/passwd', "$folder/link.yaml");
	is(error_of($folder), 'network.yaml:1:3: !include "link.yaml" leads out of the metadata directory', '… by a link');
}
is(error_of(directory('databases/databases.yaml' => "- {name: a, kind: postgres}\n- {name: b, kind: postgres}\n")),
	'several sources are of kind postgres ("a", "b"); say which one is this database by --source', 'two sources that could be it');

like((remote_rel('metadata', 'diff', '--source=c', '--project', directory('databases/databases.yaml' => "- {name: a, kind: postgres}\n"), $nowhere))[2],
	qr/^remote-rel: there is no source "c" in the metadata directory$/, 'a source that is not there');

# --- files that would hang or fill the memory ------------------------------------------------------------------------

my $laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
$laughs .= "a$_: &a$_ [" . join(', ', ('*a' . ($_ - 1)) x 10) . "]\n" for 1 .. 30;
like(error_of(directory('network.yaml' => $laughs)), qr/^network\.yaml:\d+:\d+: with its aliases written out, this is larger than 64 MB$/, 'a billion laughs');
my $merges = "a0: &a0 {" . join(', ', map { "k$_: 1" } 1 .. 1000) . "}\n";
$merges .= "a$_: &a$_ {<<: *a" . ($_ - 1) . ", x$_: *a" . ($_ - 1) . "}\n" for 1 .. 60;
like(error_of(directory('network.yaml' => $merges)), qr/larger than 64 MB$/, 'merged laughs');
like(error_of(directory('network.yaml' => '[' x 100_000)), qr/nested more than 200 deep$/, 'deep lists');
like(error_of(directory('network.yaml' => '{a: ' x 100_000)), qr/nested more than 200 deep$/, 'deep objects');
like(error_of(directory('network.yaml' => '- ' x 100_000)), qr/nested more than 200 deep$/, 'deep lists on a line');
like(error_of(directory('network.yaml' => join '', map { ' ' x $_ . "a:\n" } 0 .. 999)), qr/nested more than 200 deep$/, 'deep lines');
like(error_of(directory('network.yaml' => '#' x 5_000_000)), qr/: is larger than 4 MB$/, 'a large file');
like(error_of(directory('network.yaml' => join '', map { "- &a$_ 1\n" } 1 .. 20_000)), qr/^network\.yaml:5001:3: there are more than 5000 anchors$/, 'many anchors');
like(error_of(directory('network.yaml' => "- \"!include b.yaml\"\n" x 1000, 'b.yaml' => "- \"!include c.yaml\"\n" x 1000, 'c.yaml' => "1\n")), qr/^b\.yaml:\d+:3: more than 20000 files are included$/, 'many includes');
like(error_of(directory('network.yaml' => "\"!include 1.yaml\"\n", map { ("$_.yaml" => "\"!include " . ($_ + 1) . ".yaml\"\n") } 1 .. 300)), qr/nested more than 200 deep$/, 'includes of includes');
like(error_of(directory('network.yaml' => "k: v\n" . join '', map { "key$_: &x$_ v\n" } 1 .. 4000)), qr/^cannot connect to the database/, 'many keys are read');

# Files changed by chance: REMOTE_REL_FUZZ=600 for so many seconds.
{
	my @files = map { slurp_file($_) } split /\n/, `find test/server/metadata -name '*.yaml' -size +0 | sort`;
	my $until = time + ($ENV{REMOTE_REL_FUZZ} // 0);
	my @bad;
	my $n = 0;
	while ($n < 30 || time < $until)
	{
		my $folder = directory('network.yaml' => mutated($files[ $n % @files ], ++$n));
		my ($status, $out, $err) = remote_rel('metadata', 'apply', '--project', $folder, $nowhere);
		push @bad, "seed $n: status $status: $err" unless $status == 2 && $err =~ /^remote-rel: (?:\S+:\d+:\d+: |cannot connect)/;
	}
	is_deeply(\@bad, [], "$n files changed by chance are read, or refused with a place");
}

# --- what values are, and how they are written -----------------------------------------------------------------------

my $node = start_node();
my $url = RemoteRel::Server::connection_string($node);
$node->safe_psql('postgres', q(CREATE TABLE users (id int PRIMARY KEY, auth0_id text)));

# Any JSON can stand as a static argument of a relationship.
sub yaml_values
{
	my ($values) = @_;

	return "- name: any\n  definition:\n    url: http://127.0.0.1:1/\n  sdl: |\n    scalar JSON\n    type Query { echo(json: JSON, id: ID): JSON }\n",
	  "- name: default\n  tables:\n    - table: users\n      remote_relationships:\n        - name: r\n          definition:\n            to_remote_schema:\n"
	  . "              remote_schema: any\n              lhs_fields: [id]\n              remote_field:\n                echo:\n                  arguments:\n                    id: \$id\n                    json:\n"
	  . $values =~ s/^/                      /gmr;
}

sub applied
{
	my ($values) = @_;

	my ($remote, $databases) = yaml_values($values);
	my ($status, $out, $err) = remote_rel('metadata', 'apply', '--project', directory('remote_schemas.yaml' => $remote, 'databases/databases.yaml' => $databases), $url);
	is("$status $err", '0 ', 'applied');
	return decode_json($node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')
		#> '{sources,0,tables,0,remote_relationships,0,definition,to_remote_schema,remote_field,echo,arguments,json}')));
}

my %scalars = (
	yes => '"yes"', on => '"on"', Off => '"Off"', y => '"y"', 'true' => 'true', 'True' => 'true', 'FALSE' => 'false', 'tRUE' => '"tRUE"', '~' => 'null', 'null' => 'null', 'Null' => 'null', 'nul' => '"nul"',
	'0o7' => '7', '017' => '15', '089' => '89', '0x1F' => '31', '0b101' => '5', '-0x10' => '-16', '1_000' => '1000', '1_0.5' => '10.5', '+5' => '5', '1.' => '1', '.5' => '0.5', '-.5' => '-0.5', '1e3' => '1000', '1.5E-3' => '0.0015',
	'12345678901234567890123' => '12345678901234567890123', '1.2.3' => '"1.2.3"', '12:30:45' => '"12:30:45"', '2019-05-19' => '"2019-05-19"', '2019-05-19T01:35:48.863Z' => '"2019-05-19T01:35:48.863Z"', '0x' => '"0x"', '-' => undef, '1e' => '"1e"', '+' => '"+"', '.' => '"."', '_1' => '"_1"',
	"'1'" => '"1"', '"true"' => '"true"', '!!str 5' => '"5"', '!!str "!include x"' => '"!include x"', '!!float 5' => '5', '$id' => undef, '"{{HOST}}/a"' => '"{{HOST}}/a"', '"\\u00e9\\x41"' => '"éA"');
my @scalars = grep { defined $scalars{$_} } sort keys %scalars;
my $got = applied(join '', map { "- $_\n" } @scalars);
my $wanted = $node->safe_psql('postgres', 'SELECT ' . literal('[' . join(', ', map { $scalars{$_} } @scalars) . ']') . '::jsonb');
is_deeply([ map { encode_json($_) } @$got ], [ map { encode_json($_) } @{ decode_json($wanted) } ], 'scalars are what Hasura\'s CLI takes them for');

my $structures = <<'YAML';
base: &base
  a: 1
  b: [x, {y: z}]
other: &other {c: 3, a: 7}
one:
  <<: *base
  b: 2
two:
  <<: [*base, *other]
again: *base
literal: |
  a
    b

  c
kept: |+
  a

stripped: |-
  a
folded: >
  a
  b

  c
plain: a b
  c
? a long key
: 5
YAML
is_deeply(applied($structures), {
	base => { a => 1, b => [ 'x', { y => 'z' } ] }, other => { c => 3, a => 7 }, one => { a => 1, b => 2 }, two => { a => 1, b => [ 'x', { y => 'z' } ], c => 3 }, again => { a => 1, b => [ 'x', { y => 'z' } ] },
	literal => "a\n  b\n\nc\n", kept => "a\n\n", stripped => 'a', folded => "a b\nc\n", plain => 'a b c', 'a long key' => 5 }, 'anchors, merge keys and blocks');

# Texts of every kind are written so that they are read as what they were.
{
	my @texts = ('', ' ', 'a', ' a', 'a ', "a\n", "\n", "a\nb", "a\n\n", " a\nb", "a \nb", "a\n b", "a\tb", "\ta", "\ta\nb", "a\r\nb", "a: b", "a:", ":", "a #b", "#b", "- a", "-", "--- a", "...", "? a", "?", "!x", "!include x.yaml", "&a", "*", "%", "@", "`", "{a", "[", "]", "}", ",", "|", ">", "'", '"', "it's", "\\", "~", "null", "yes", "1", "1.0", "0x1", "1e3", "2019-05-19", "12:30", "<<", "=", "\x{e9}", "\x{1f409}", "\x{85}", "\x{2028}", "\x{feff}", "\x{7f}", "\x{1}", "x" x 2000, "long " x 100, "\$id", "{{HOST}}", "X-Hasura-User-Id", "true\n", "a\x{a0}b");
	my %keys = map { ($_ => 1) } grep { $_ ne '' } @texts, 'k' x 200;
	$node->safe_psql('postgres', sprintf "SELECT remote_rel.metadata(%s)", literal({ type => 'replace_metadata', args => { metadata => { version => 3, sources => [ { name => 'default', tables => [ { table => 'users', remote_relationships => [ { name => 'r',
		definition => { to_remote_schema => { remote_schema => 'any', lhs_fields => ['id'], remote_field => { echo => { arguments => { id => '$id', json => { texts => [ grep { !/^\$/ } @texts ], nested => [ [ [], {}, [ 'a', [ "b\nc" ] ] ] ] } } } } } } } ] } ] } ],
		remote_schemas => [ { name => 'any', comment => "x\n  y \n", definition => { url => 'http://127.0.0.1:1/' }, sdl => "scalar JSON\ntype Query { echo(json: JSON, id: ID): JSON }\n" } ],
		query_collections => [ map { { name => $_, comment => "of $_", definition => { queries => [] } } } sort keys %keys ] } } }));
	my $before = $node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}')));
	my ($status, $out, $err) = remote_rel('metadata', 'export', '--project', "$work/texts", $url);
	is("$status $err", '0 ', 'texts of every kind are exported');
	$node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "clear_metadata", "args": {}}')));
	($status, $out, $err) = remote_rel('metadata', 'apply', '--project', "$work/texts", $url);
	is("$status $err", '0 ', '… and applied');
	is($node->safe_psql('postgres', q(SELECT remote_rel.metadata('{"type": "export_metadata", "args": {}}'))), $before, '… and are what they were');
}

# --- errors of the database ------------------------------------------------------------------------------------------

my $wrong = directory(
	'databases/databases.yaml' => "- name: default\n  kind: postgres\n  tables: \"!include default/tables.yaml\"\n",
	'databases/default/tables.yaml' => "- \"!include users.yaml\"\n",
	'databases/default/users.yaml' => "table: users\nobject_relationships:\n  - name: a\n    using: 5\nremote_relationships:\n  - name: b\n    definition:\n      to_remote_schema:\n        remote_schema: none\n        lhs_fields: [id]\n        remote_field: {f: {arguments: {}}}\n  - name: 7\n    definition: {}\n");
like(error_of($wrong), qr/^cannot connect/, 'nobody is asked');
my ($status, $out, $err) = remote_rel('metadata', 'apply', '--project', $wrong, $url);
is($status, 2, 'what the database refuses');
like($err, qr{^  expected an object at \S+/databases/default/users\.yaml:4:12: Found the number 5\.$}m, '… has file, line and column');
like($err, qr{^  expected a string at \S+/databases/default/users\.yaml:12:11: Found the number 7\.$}m, '… each');

# Export does without what the database would make of the directory, and says why.
($status, $out, $err) = remote_rel('metadata', 'export', '--project', $wrong, $url);
is($status, 0, 'export into a directory that cannot be applied');
like($err, qr{^warning: the directory cannot be applied as it is:$}m, '… warns');
my $users = slurp_file("$wrong/databases/default/users.yaml");
like($users, qr/^  - definition:.*^    name: r$/ms, '… and writes what the database has');
unlike($users, qr/using: 5/, '… in place of what it has not');

done_testing();
