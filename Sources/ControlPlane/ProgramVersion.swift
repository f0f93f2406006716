/// The version of this program.
public enum ProgramVersion {
    public static let text = "0.1.0"
}
