import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// NVIDIA's management library, where it is installed; asked and let go of each time, since it keeps GPUs open that are to be given
/// to guests. Calls and codes are those of its published interface (nvml.h), which older programs rely on.
struct NVML: GPUMonitor {
    private let library: String

    private typealias Plain = @convention(c) () -> CInt
    private typealias Find = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> CInt
    private typealias Text = @convention(c) (OpaquePointer, UnsafeMutablePointer<CChar>, CUnsignedInt) -> CInt
    private typealias Chosen = @convention(c) (OpaquePointer, CUnsignedInt, UnsafeMutablePointer<CUnsignedInt>) -> CInt
    private typealias Sizes = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt64>) -> CInt
    private typealias Errors =
        @convention(c) (OpaquePointer, CUnsignedInt, CUnsignedInt, UnsafeMutablePointer<UInt64>) -> CInt
    private typealias Rows =
        @convention(c) (
            OpaquePointer, UnsafeMutablePointer<CUnsignedInt>, UnsafeMutablePointer<CUnsignedInt>,
            UnsafeMutablePointer<CUnsignedInt>, UnsafeMutablePointer<CUnsignedInt>
        ) -> CInt

    /// NVML_ERROR_GPU_IS_LOST.
    private static let lost: CInt = 15

    public init(library: String = "libnvidia-ml.so.1") {
        self.library = library
    }

    /// Safe: the library is open until the end of this function, and each symbol of it is called with the type that
    /// nvml.h gives it.
    public func reading(of address: PCIAddress) -> GPUReading? {
        guard let handle = unsafe dlopen(library, RTLD_NOW) else { return nil }
        defer { unsafe dlclose(handle) }
        guard let begin = unsafe dlsym(handle, "nvmlInit_v2"), let end = unsafe dlsym(handle, "nvmlShutdown"),
            let find = unsafe dlsym(handle, "nvmlDeviceGetHandleByPciBusId_v2")
        else { return nil }
        let initialize = unsafe unsafeBitCast(begin, to: Plain.self)
        let shutDown = unsafe unsafeBitCast(end, to: Plain.self)
        guard initialize() == 0 else { return nil }
        defer { _ = shutDown() }
        var device: OpaquePointer?
        let code = unsafe unsafeBitCast(find, to: Find.self)(address.description, &device)
        var reading = GPUReading()
        if code == Self.lost {
            reading.isLost = true
            return reading
        }
        guard code == 0, let device = unsafe device else { return nil }
        unsafe read(device, handle, into: &reading)
        return reading
    }

    /// Reads each value separately, because cards support different ones.
    ///
    /// Safe: `handle` is open during the call. Each symbol is called with the type that nvml.h gives it, and writes
    /// to values of this function.
    private func read(_ device: OpaquePointer, _ handle: UnsafeMutableRawPointer, into reading: inout GPUReading) {
        reading.name = unsafe text("nvmlDeviceGetName", device, handle)
        reading.serial = unsafe text("nvmlDeviceGetSerial", device, handle)
        if let symbol = unsafe dlsym(handle, "nvmlDeviceGetMemoryInfo") {
            // Total, free, used.
            var sizes: [UInt64] = [0, 0, 0]
            if unsafe unsafeBitCast(symbol, to: Sizes.self)(device, &sizes) == 0 { reading.memory = sizes[0] }
        }
        if let symbol = unsafe dlsym(handle, "nvmlDeviceGetTemperature") {
            var degrees: CUnsignedInt = 0
            let code = unsafe unsafeBitCast(symbol, to: Chosen.self)(device, 0, &degrees)
            if code == 0 { reading.temperature = degrees }
            if code == Self.lost { reading.isLost = true }
        }
        if let symbol = unsafe dlsym(handle, "nvmlDeviceGetTotalEccErrors") {
            var count: UInt64 = 0
            // Uncorrected (1), since the driver was loaded (0).
            if unsafe unsafeBitCast(symbol, to: Errors.self)(device, 1, 0, &count) == 0 {
                reading.uncorrectedErrors = count
            }
        }
        if let symbol = unsafe dlsym(handle, "nvmlDeviceGetRemappedRows") {
            var (corrected, uncorrected): (CUnsignedInt, CUnsignedInt) = (0, 0)
            var (pending, failed): (CUnsignedInt, CUnsignedInt) = (0, 0)
            let ask = unsafe unsafeBitCast(symbol, to: Rows.self)
            if unsafe ask(device, &corrected, &uncorrected, &pending, &failed) == 0 {
                reading.awaitsRemapping = pending != 0
                reading.remappingFailed = failed != 0
            }
        }
    }

    /// Safe: as in `read`; the call is told one byte less than the buffer has.
    private func text(_ call: String, _ device: OpaquePointer, _ handle: UnsafeMutableRawPointer) -> String? {
        guard let symbol = unsafe dlsym(handle, call) else { return nil }
        var buffer = [CChar](repeating: 0, count: 128)
        guard unsafe unsafeBitCast(symbol, to: Text.self)(device, &buffer, 127) == 0 else { return nil }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
