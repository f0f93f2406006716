#!/usr/bin/perl
# copy-tree.pl OUT: copies what describes the devices of this machine from /sys and /proc into the folder OUT.
# In sysfs every file has the size of a page, which archivers believe. This script reads each file to its end instead.
# It needs only perl-base. Files that cannot be read are left out.
use strict;
use warnings;
use Fcntl ':mode';
my $out = shift or die "usage: copy-tree.pl OUT\n";
my $limit = 65536;

# Files that are large, that only act when written to, or whose reading disturbs the device.
my $unwanted = qr{^(resource\d+(_wc)?|rom|vpd|remove|rescan|reset|uevent_event|trace|autosuspend_delay_ms)$};
my $noise = qr{^(power|msi_irqs|wakeup|statistics|queues|mq|hwmon|firmware_node|trace|tx-\d+|rx-\d+|integrity)$};

sub folder { my $path = ''; for (split m{/}, shift) { next if $_ eq ''; $path .= "/$_"; mkdir "$out$path" } }

sub copy {
    my ($path) = @_;
    my @state = lstat $path or return;
    if (S_ISLNK($state[2])) {
        my $target = readlink $path;
        (my $parent = $path) =~ s{/[^/]*$}{};
        folder($parent);
        symlink $target, "$out$path" if defined $target;
    } elsif (S_ISDIR($state[2])) {
        folder($path);
        opendir(my $handle, $path) or return;
        for my $name (sort grep { !/^\.\.?$/ } readdir $handle) {
            next if $name =~ $noise || $name =~ $unwanted;
            copy("$path/$name");
        }
    } elsif (S_ISREG($state[2]) && ($state[2] & 0444)) {
        open(my $in, '<', $path) or return;
        my ($text, $got) = ('', 0);
        while (($got = sysread $in, $text, 4096, length $text) && length $text < $limit) { }
        return if !defined $got && $text eq '';
        (my $parent = $path) =~ s{/[^/]*$}{};
        folder($parent);
        open(my $to, '>', "$out$path") or return;
        binmode $to;
        print $to $text;
    }
}

copy($_) for glob('/sys/devices/pci*'), glob('/sys/devices/virtual/{block,net,nvme-subsystem,mtty,mdpy,mbochs}'),
    glob('/sys/devices/system/node/node*/{cpulist,meminfo,distance}'), glob('/sys/devices/system/node/{online,possible}'),
    glob('/sys/class/{net,block,nvme,nvme-subsystem,mdev_bus,graphics,drm,fpga_manager,fpga_region}'),
    '/sys/bus/pci/devices', '/sys/bus/pci/drivers', '/sys/bus/mdev/devices', '/sys/dev/block',
    '/proc/sys/kernel/hostname', '/proc/self/mountinfo', '/proc/swaps', '/proc/net/route', '/proc/net/ipv6_route';
