# The pages are true: every ```sql block of README.md and docs/ is run, and what the comments after a statement promise is
# compared with what it gives, but for white space; "…" stands for anything.
#
# A page has one session, in a database where README.md's blocks have been run. http://127.0.0.1:4000 is the test server.
# A block that starts with ```sql norun is not run.

use RemoteRel::Test;
use RemoteRel::Json 'same';

my $node = start_node();
my $yoga = start_remote('yoga');
$node->safe_psql('postgres', 'DROP EXTENSION remote_rel');

# [statement, the comment right after it, its last line]
sub statements
{
	my ($page) = @_;

	my (@found, $statement, $inside);
	my $line = 0;
	for (split /\n/, slurp_file($page))
	{
		$line++;
		if    (/^```sql\s*$/) { ($inside, $statement) = (1, '') }
		elsif (/^```/)        { $inside = 0 }
		elsif (!$inside)      { }
		elsif ($statement eq '' && @found && /^-- ?(.*)/) { $found[-1][1] .= "$1\n" if $found[-1][2] + ++$found[-1][3] == $line }
		elsif (/^\s*(?:--.*)?$/) { }
		else
		{
			$statement .= "$_\n";
			next unless /;\s*$/;
			push @found, [ $statement, '', $line, 0 ];
			$statement = '';
		}
	}
	return @found;
}

sub run_page
{
	my ($page, $database) = @_;

	my $session = session($node, database => $database);
	for (statements($page))
	{
		my ($statement, $promised, $line) = @$_;
		$statement =~ s{http://127\.0\.0\.1:4000/graphql}{$yoga->url}ge;

		my $output = $session->query($statement);
		$output .= $session->{stderr} if $session->{stderr} =~ /ERROR/;
		if ($promised eq '')
		{
			unlike($output, qr/ERROR/, "$page:$line runs");
		}
		else
		{
			ok(same($output, $promised), "$page:$line gives what it says")
			  or diag("gives:\n$output\nsays:\n$promised");
		}
	}
	$session->quit;
	return;
}

$node->safe_psql('postgres', 'CREATE DATABASE readme');
run_page('README.md', 'readme');
for my $page (sort glob 'docs/*.md')
{
	next unless statements($page);
	(my $database = $page) =~ s/\W+/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE readme");
	run_page($page, $database);
}

done_testing();
