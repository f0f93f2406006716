public import Model

extension HostReport {
    /// The header of a refused report that names the generation it has to rise above.
    public static let generationHeader = "Kilonova-Report-Generation"
}
