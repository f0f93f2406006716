public import Host
public import Model

/// What drivers are created from: the host, the means to change it, and the configuration of each driver.
public struct DriverOptions: Sendable {
    public var root: SysfsRoot
    /// Changes the host.
    public var control: HostControl
    /// Runs vendors' tools.
    public var commands: any CommandRunner
    public var time: TimeSource
    /// Random numbers for the places of samples.
    public var random: @Sendable () -> UInt64
    /// Reads the state of GPUs; nil for none.
    var gpus: (any GPUMonitor)?
    /// `pci.device_spec`.
    public var deviceSpecs: [DeviceSpec]
    public var fake: FakeOptions
    public var nvme: NVMeOptions
    public var mdev: MdevOptions
    public var nvidia: NvidiaOptions
    public var nic: NICOptions
    public var fpga: FPGAOptions
    /// Drivers that are separate programs.
    public var external: [ExternalSpec]

    /// Without `commands`, the programs of this machine if `root` is this machine's, and none otherwise. For a recorded
    /// host pass `RecordedHost.commands`.
    public init(
        root: SysfsRoot, deviceSpecs: [DeviceSpec] = [], fake: FakeOptions = FakeOptions(),
        nvme: NVMeOptions = NVMeOptions(), mdev: MdevOptions = MdevOptions(), nvidia: NvidiaOptions = NvidiaOptions(),
        nic: NICOptions = NICOptions(), fpga: FPGAOptions = FPGAOptions(), external: [ExternalSpec] = [],
        control: HostControl? = nil,
        commands: (any CommandRunner)? = nil,
        time: TimeSource = .system, random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.root = root
        self.control = control ?? HostControl(root)
        // A tool that is run for another host would format this machine's drives.
        self.commands = commands ?? (root.isThisMachine ? SystemCommands() : PlayedCommands())
        // The library knows this machine's cards alone.
        gpus = root.isThisMachine ? NVML() : nil
        self.time = time
        self.random = random
        self.deviceSpecs = deviceSpecs
        self.fake = fake
        self.nvme = nvme
        self.mdev = mdev
        self.nvidia = nvidia
        self.nic = nic
        self.fpga = fpga
        self.external = external
    }
}
