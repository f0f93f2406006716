import Drivers
import Model

extension CleaningReport {
    /// A driver's record in the form in which it travels.
    init(_ record: CleaningRecord) {
        let verification: Verification =
            switch record.verification {
            case .samples(let samples):
                .samples(seed: samples.seed, count: samples.count, size: samples.size, written: samples.written)
            case .impossible(let reason): .impossible(reason)
            case .unneeded: .unneeded
            }
        self.init(
            device: record.device, methods: record.methods, verification: verification,
            begun: record.begun.microseconds, ended: record.ended.microseconds)
    }
}
