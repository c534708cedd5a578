# The house rules: what is written down twice agrees; layers, names, signposts
# and form are as docs/ARCHITECTURE.md and docs/CONTRIBUTING.md say.

use RemoteRel::Test;
use Encode 'decode';

# A list of what is wrong; all of it is shown.
sub none
{
	my ($name, @wrong) = @_;

	ok(!@wrong, $name) or diag(map { "  $_\n" } @wrong);
}

my $control = slurp_file('remote_rel.control');
my ($version) = $control =~ /^default_version = '([^']+)'/m;

# --- versions --------------------------------------------------------------------------------------------------------

my $meta = decode_json(slurp_file('META.json'));
my $semantic = qr/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
my ($provided) = $meta->{provides}{remote_rel};

like($meta->{version}, qr/^\Q$version\E\.\d+$/, 'META.json has the version of remote_rel.control');
is($provided->{version}, $meta->{version}, 'and provides it');
ok(-e "sql/remote_rel--$version.sql", 'there is a script for it');
is($provided->{file}, "sql/remote_rel--$version.sql", 'which META.json names');
like(slurp_file("sql/remote_rel--$version.sql"), qr/^-- remote_rel \Q$version\E$/m, 'and which says so itself');
is(`make -s print-EXTVERSION`, "$version\n", 'the Makefile reads it');
like(slurp_file('CHANGELOG.md'), qr/^## \Q$meta->{version}\E\b/m, 'the changelog speaks of it');

# --- PGXN's meta specification 1.0.0 ---------------------------------------------------------------------------------

ok($meta->{$_}, "META.json has $_") for qw(name version abstract maintainer license provides meta-spec);
like($meta->{$_}, $semantic, "$_ is a semantic version") for 'version';
like($meta->{prereqs}{runtime}{requires}{PostgreSQL}, $semantic, 'so is that of PostgreSQL');
unlike($meta->{name}, qr{[\s/\\]|^.?$}, 'name is a term');
is($meta->{license}, 'postgresql', 'license is one of the known ones');
is($meta->{'meta-spec'}{version}, '1.0.0', 'the version of the specification');
like($meta->{'meta-spec'}{url}, qr{^https?://pgxn\.org/meta/spec\.txt$}, 'its address');
ok(-e $provided->{$_}, "$_ exists") for qw(file docfile);
is(scalar(grep { !/^(?:name|version|abstract|description|maintainer|license|provides|prereqs|no_index|resources|generated_by|meta-spec|tags|release_status)$/ } keys %$meta),
	0, 'no unknown keys');

# --- symbols ---------------------------------------------------------------------------------------------------------

my @symbols = map { (split)[2] } grep { / [A-Z] / } `nm -D --defined-only remote_rel.so`;
cmp_ok(scalar @symbols, '>', 10, 'nm shows the exported symbols');
is_deeply(
	[ grep { !/^(?:rr_\w+|gql_\w+|pg_finfo_rr_\w+|_PG_init|Pg_magic_func)$/ } @symbols ],
	[], 'all of them start with rr_, gql_ or pg_finfo_rr_');

# --- the SQL script --------------------------------------------------------------------------------------------------

my $script = slurp_file("sql/remote_rel--$version.sql");
my @c_functions = $script =~ /'MODULE_PATHNAME',\s*'(\w+)'/g;
my %exported = map { $_ => 1 } @symbols;
is_deeply([ grep { !$exported{$_} || !$exported{"pg_finfo_$_"} } @c_functions ], [], 'its C functions exist');
unlike($script, qr/IF NOT EXISTS|OR REPLACE/i, 'it takes over no object that somebody planted');

# Each C function has the name of its SQL function, so that either leads to the other.
my %named_for;
while ($script =~ /CREATE (?:FUNCTION|PROCEDURE|AGGREGATE)\s+(?:\w+\.)?(\w+)\s*\((?:(?!;\n).)*?'MODULE_PATHNAME',\s*'(\w+)'/gs)
{
	push @{ $named_for{$2} }, $1;
}
none('C functions have the names of their SQL functions',
	sort grep { my $c = $_; !grep { $c eq "rr_$_" } @{ $named_for{$c} } } keys %named_for);

# --- files -----------------------------------------------------------------------------------------------------------

sub files { return split /\n/, `find @_ -name node_modules -prune -o -type f -print | sort` }

my @sources = grep { /\.[ch]$/ } files('src');
my @c_files = grep { /\.[ch]$/ } files(grep { -d } qw(src server bench test));
my @pages   = grep { -f } glob('*.md docs/*.md test/README.md bench/README.md server/README.md console/README.md');
my %text    = map { $_ => decode('UTF-8', slurp_file($_)) } @c_files, @pages;

my %same_name;
push @{ $same_name{ (split m{/})[-1] } }, $_ for @sources;
none('no two source files have one name',
	map { "@$_" } grep { @$_ > 1 } values %same_name);
none('the head of each names it first',
	grep { my ($name) = m{([^/]+)$}; $text{$_} !~ m{\A/\*\n \* \Q$name\E:} } @sources);

# --- layers ----------------------------------------------------------------------------------------------------------

# A folder's files may include their own headers, and of each folder named here its face: the first of its list.
# What stands below counts as well.
my %face = (
	'json'               => 'json/json.h',
	'graphql'            => 'graphql/graphql.h',
	'catalog'            => 'catalog/catalog.h',
	'session'            => 'session/session.h',
	'schema'             => 'schema/role_schema.h',
	'schema/table'       => 'schema/table/table.h',
	'schema/remote'      => 'schema/remote/remote.h',
	'schema/permission'  => 'schema/permission/permission.h',
	'plan'               => 'plan/plan.h',
	'plan/remote'        => 'plan/remote/step.h',
	'plan/sql'           => 'plan/sql/mutation.h',
	'stat'               => 'stat/stat.h',
	'http'               => 'http/http.h',
	'join'               => 'join/join.h',
	'exec'               => 'exec/exec.h',
	'metadata'           => 'metadata/metadata.h');
my %below = (
	'base'     => [],
	'json'     => [qw(base)],
	'graphql'  => [qw(json base)],
	'catalog'  => [qw(graphql)],
	'session'  => [qw(catalog)],
	'schema'   => [qw(session)],
	'plan'     => [qw(schema)],
	'stat'     => [qw(base)],
	'http'     => [qw(base stat)],
	'join'     => [qw(plan http)],
	'exec'     => [qw(join)],
	'scan'     => [qw(join)],
	'metadata' => [qw(exec)]);

sub reachable
{
	my ($folder, $seen) = @_;

	return if $seen->{$folder}++;
	reachable($_, $seen) for @{ $below{$folder} // die "no layer for folder $folder\n" };
}

my @wrong_includes;
for my $file (@sources)
{
	my ($folder) = $file =~ m{^src/(.*)/} or next;    # src/*.c may use everything
	my ($layer) = $folder =~ m{^([^/]+)};
	my %allowed;
	reachable($layer, \%allowed);
	for my $header ($text{$file} =~ /^#include "([^"]+)"/mg)
	{
		next unless -e "src/$header";
		next if $header =~ /^(?:compat|settings)\.h$/;
		my ($of) = $header =~ m{^(.*)/};
		my ($of_layer) = ($of // '') =~ m{^([^/]+)};
		next if $of_layer && $of_layer eq $layer;
		next if $of_layer && $allowed{$of_layer} && ($of_layer eq 'base' || ($face{$of} // '') eq $header);
		push @wrong_includes, "$file: $header";
	}
}
none('includes point down, and at the faces of folders', @wrong_includes);

# Within src/graphql/, the chapters of the specification.
my %chapters = (
	language   => [qw(language)],
	type       => [qw(language type)],
	validation => [qw(language type execution validation)],
	execution  => [qw(language type execution)]);
none('and so they do within the language',
	map {
			my $file = $_;
			my ($chapter) = $file =~ m{^src/graphql/(\w+)/};
			my %allowed = map { $_ => 1 } @{ $chapters{$chapter} };
			map { $allowed{$_} ? () : "$file: $_" } $text{$file} =~ m{^#include "graphql/(\w+)/}mg;
		} grep { m{^src/graphql/\w+/} } @sources);

# --- names of types --------------------------------------------------------------------------------------------------

none('types in headers start with Rr or Gql',
	map {
			my $file = $_;
			map { "$file: $_" } grep { !/^(?:Rr|Gql)[A-Z]/ }
			  ($text{$file} =~ /^\} (\w+);/mg, $text{$file} =~ /^typedef (?:struct|enum|union) \w+ (\w+);/mg);
		} grep { m{^src/.*\.h$} } @sources);

# --- signposts -------------------------------------------------------------------------------------------------------

my %basename = map { (split m{/})[-1] => 1 } files('.');
chomp(my $server_headers = `"\$PG_CONFIG" --includedir-server`);
my %system_header = map { (split m{/})[-1] => 1 } files($server_headers);
my (@lost_files, @lost_functions);
my $code = join '', map { $text{$_} =~ s{/\*.*?\*/}{}gsr } @c_files;
my %identifier = map { $_ => 1 } $code =~ /\b(\w+)\b/g, $script =~ /\b(\w+)\b/g;

sub look_for_files
{
	my ($from, $said) = @_;

	# with a folder: from the top, from src/, or from beside the page
	for my $name ($said =~ m{(?<![\w/.:-])((?:[\w.-]+/)+[\w-]+\.(?:[ch]|pl|pm|mjs|sql|md|json|graphql))\b}g)
	{
		my ($beside) = $from =~ m{^(.*/)};
		push @lost_files, "$from: $name"
		  unless grep { -e } $name, "src/$name", ($beside // '') . $name, "test/$name", "src/graphql/$name",
		  "$server_headers/$name";
	}
	for my $name ($said =~ m{(?<![\w/.:*-])([\w-]+\.(?:c|h|pl|mjs|sql|md))\b(?!/)}g)
	{
		push @lost_files, "$from: $name" unless $basename{$name} || $system_header{$name};
	}
}

for my $file (@c_files)
{
	for my $comment ($text{$file} =~ m{(/\*.*?\*/)}gs)
	{
		look_for_files($file, $comment);
		push @lost_functions, map { $identifier{$_} ? () : "$file: $_" } $comment =~ /\b((?:rr|gql)_[a-z]\w*[a-z0-9])\b(?!_|\*)/g;
	}
}
for my $page (@pages)
{
	look_for_files($page, $text{$page}) unless $page eq 'CHANGELOG.md';
	push @lost_functions, map { $identifier{$_} ? () : "$page: $_" } $text{$page} =~ /`((?:rr|gql)_\w+)(?:\(\))?`/g;
}
look_for_files('sql', join "\n", $script =~ /^\s*--(.*)/mg);
none('files that comments and pages name exist', @lost_files);
none('so do functions', @lost_functions);

# --- form ------------------------------------------------------------------------------------------------------------

my (@wide, @marks);
for my $file (@c_files)
{
	my $in_comment = 0;
	my $number = 0;
	for my $line (split /\n/, $text{$file})
	{
		$number++;
		1 while $line =~ s/^(.*?)\t/$1 . ' ' x (4 - length($1) % 4)/e;
		my $comment = $in_comment || $line =~ m{^\s*/\*};
		$in_comment = 1 if $line =~ m{/\*};
		$in_comment = 0 if $line =~ m{\*/};
		my $limit = $comment ? 79 : 100;
		push @wide, "$file:$number" if length($line) > $limit && ($comment || $line !~ /"/);
		push @marks, "$file:$number" if $line =~ /\b(?:TODO|FIXME|XXX|HACK)\b/;
	}
}
none('code stays within 100 columns, comments within 79', @wide);
none('nothing is marked as unfinished', @marks);

my @wide_pages;
for my $page (@pages)
{
	my ($number, $fenced) = (0, 0);
	for my $line (split /\n/, $text{$page})
	{
		$number++;
		$fenced = !$fenced if $line =~ /^```/;
		push @wide_pages, "$page:$number" if length($line) > 100 && !$fenced && $line !~ /^\||\]\(/;
	}
}
none('pages are wrapped at 100 columns', @wide_pages);

# pg_bsd_indent takes some bytes of characters for something else
my @text_files = grep { /\.(?:[ch]|pl|pm|sql|md)$/ } split /\n/,
	`find src server sql test bench docs -name node_modules -prune -o -type f -print`;
none('all text is UTF-8', grep { !utf8::decode(my $copy = slurp_file($_)) } @text_files);

none('docs/ARCHITECTURE.md has a line for each source file',
	grep { my ($name) = m{([^/]+)$}; $text{'docs/ARCHITECTURE.md'} !~ /^\| .*`\Q$name\E`/m } @sources);

is(`test/indent --check 2>&1`, '', 'pg_bsd_indent has nothing to change (test/indent)');

done_testing();
