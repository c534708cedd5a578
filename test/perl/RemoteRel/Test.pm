package RemoteRel::Test;

# What the TAP tests share. PostgreSQL::Test::* and Test::More come along.
#
#   use RemoteRel::Test;
#
#   my $node = start_node();                  # a PostgreSQL::Test::Cluster with the extension; settings as arguments
#   my $yoga = start_remote('yoga');          # a RemoteRel::Remote of this test's own
#   add_remote($node, auth0 => $yoga->url);   # remote_rel.add_remote_schema(); a further argument is merged into it
#
#   my $answer = resolve($node, '{ users { name } }', role => …, variables => {…}, operation_name => …, headers => {…});
#   my ($answer, $requests) = counted($node, $yoga, $query, …the same…);
#
#   my $session = session($node);             # a psql that stays
#   $session->query('SELECT 1');              # its output; what went to stderr is in $session->{stderr}
#   $session->send('SELECT pg_sleep(10)');    # without waiting …
#   my $output = $session->wait;              # … until now
#   $session->pid;                            # of the backend
#   descriptors($session);                    # how many its backend has open, but for files of the server
#   resident_kb($session);                    # its backend's memory; both need /proc
#   wait_until('the query waits', sub { … }); # polls; dies after 30 s
#
# done_testing() is the test's own business.

use strict;
use warnings;

# PostgreSQL::Test::Utils decides at compile time where the logs go
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RemoteRel::Remote;
use Test::More;
use Exporter;
use JSON::PP ();
use Time::HiRes qw(sleep time);

our @ISA    = ('Exporter');
our @EXPORT = (
	@Test::More::EXPORT, @PostgreSQL::Test::Utils::EXPORT,
	qw(start_node start_remote add_remote resolve counted session descriptors resident_kb wait_until literal decode_json encode_json example_users));

sub import
{
	strict->import;
	warnings->import;
	utf8->import;
	goto &{ Exporter->can('import') };
}

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
sub decode_json { return $json->decode(shift) }
sub encode_json { return $json->encode(shift) }

sub start_node
{
	my (@settings) = @_;

	my $node = PostgreSQL::Test::Cluster->new('main');
	$node->init;
	$node->append_conf('postgresql.conf', join "\n", 'fsync = off', 'log_statement = all', @settings, '');
	{
		# an extension built with -fsanitize=address (see 022_join_cancels.pl)
		local %ENV = (%ENV, LD_PRELOAD => `gcc -print-file-name=libasan.so` =~ s/\n//r,
			ASAN_OPTIONS => 'detect_leaks=0:halt_on_error=1:use_sigaltstack=0:detect_stack_use_after_return=0') if $ENV{ASAN};
		$node->start;
	}
	$node->safe_psql('postgres', 'CREATE EXTENSION remote_rel');
	return $node;
}

# Files of relations are opened as they are needed, and stay open.
sub descriptors
{
	my ($session) = @_;

	return scalar grep { (readlink // '') !~ m{/pgdata/} } glob '/proc/' . $session->pid . '/fd/*';
}

sub resident_kb
{
	my ($session) = @_;

	my ($kb) = slurp_file('/proc/' . $session->pid . '/status') =~ /VmRSS:\s+(\d+)/;
	return $kb;
}

sub start_remote { return RemoteRel::Remote->start(@_) }

# A string as an SQL literal.
sub literal
{
	my ($value) = @_;

	return 'NULL' unless defined $value;
	$value = encode_json($value) if ref $value;
	$value =~ s/'/''/g;
	return $value =~ s/\\/\\\\/g ? "E'$value'" : "'$value'";
}

sub add_remote
{
	my ($node, $name, $url, $definition) = @_;

	$node->safe_psql('postgres', sprintf 'SELECT remote_rel.add_remote_schema(%s, %s)',
		literal($name), literal({ url => $url, %{ $definition // {} } }));
	return;
}

# The example of the README: users 1 to n, who have the keys auth0|1 … auth0|n at the remote schema "auth0".
sub example_users
{
	my ($node, $remote, $n) = @_;

	$node->safe_psql('postgres', <<"SQL");
CREATE TABLE users (id int PRIMARY KEY, name text, auth0_id text);
INSERT INTO users SELECT i, 'user ' || i, 'auth0|' || i FROM generate_series(1, $n) AS i;
SQL
	add_remote($node, auth0 => $remote->url);
	$node->safe_psql('postgres', q(
		SELECT remote_rel.create_remote_relationship('users', 'auth0_profile', 'auth0',
			'{"auth0": {"arguments": {"auth0_id": "$auth0_id"}}}')));
	return;
}

sub resolve_sql
{
	my ($query, %options) = @_;

	return sprintf 'SELECT graphql_resolve(%s, %s, %s, %s, %s)', literal($query),
	  map { literal($options{$_}) } qw(role variables operation_name headers);
}

sub resolve
{
	my ($node, $query, %options) = @_;

	return decode_json($node->safe_psql($options{database} // 'postgres', resolve_sql($query, %options)));
}

sub counted
{
	my ($node, $remote, $query, %options) = @_;

	my $before = $remote->requests;
	my $answer = resolve($node, $query, %options);
	return ($answer, $remote->requests - $before);
}

sub wait_until
{
	my ($what, $condition, $seconds) = @_;

	my $deadline = time + ($seconds // 30);
	until ($condition->())
	{
		die "waited in vain: $what\n" if time > $deadline;
		sleep 0.01;
	}
	return;
}

sub session { return RemoteRel::Session->new(@_) }

package RemoteRel::Session;

use IPC::Run ();

my $END = '-- end of the answer --';

sub new
{
	my ($class, $node, %options) = @_;

	my $self = bless { stdin => '', stdout => '', stderr => '' }, $class;
	$self->{psql} = IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr($options{database} // 'postgres'), $options{user} ? ('-U', $options{user}) : () ],
		'<', \$self->{stdin}, '>', \$self->{stdout}, '2>', \$self->{stderr}, IPC::Run::timeout($options{timeout} // 180));
	$self->{pid} = $self->query('SELECT pg_backend_pid()');
	return $self;
}

sub pid { return shift->{pid} }

sub send
{
	my ($self, $sql) = @_;

	@{$self}{qw(stdout stderr)} = ('', '');
	$sql =~ s/;?\s*$//;
	$self->{stdin} .= "$sql;\n\\echo '$END'\n\\warn '$END'\n";
	$self->{psql}->pump_nb;
	return $self;
}

# Until both streams are at their end; what psql printed.
sub wait
{
	my ($self) = @_;

	$self->{psql}->pump until $self->{stdout} =~ s/\Q$END\E\n$// || !$self->{psql}->pumpable;
	$self->{psql}->pump until $self->{stderr} =~ s/\Q$END\E\n$// || !$self->{psql}->pumpable;
	chomp(my $output = $self->{stdout});
	chomp $self->{stderr};
	return $output;
}

sub query
{
	my ($self, $sql) = @_;

	return $self->send($sql)->wait;
}

sub quit
{
	my ($self) = @_;

	my $psql = delete $self->{psql} or return;
	$self->{stdin} .= "\\q\n";
	eval { $psql->finish; 1 } or $psql->kill_kill;
	return;
}

sub DESTROY
{
	my ($self) = @_;

	local ($?, $@, $!);
	my $psql = delete $self->{psql} or return;
	$psql->kill_kill;
}

1;
