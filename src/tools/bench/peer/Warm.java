// Does what Smart DCC's signing tool does for a message, again and again in one JVM that stays.
//
// usage: java -cp tool.jar Warm.java Sign|Validate COUNT CERTIFICATE [KEY]
// Reads the messages 0.in, 1.in, ... of its folder and does all of them WARM_UP times, so that the JVM has loaded and
// compiled what it will. Then it says "ready", waits for a line, does them once more, says "done", and writes 0.out,
// 1.out, ... What the tool refuses ends it, with the tool's own words.

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import uk.co.smartdcc.boxed.xmldsig.ResultCode;
import uk.co.smartdcc.boxed.xmldsig.Sign;
import uk.co.smartdcc.boxed.xmldsig.Validate;

public final class Warm {
    // A call went on getting faster until about the 20,000th; a share of 1,000 messages comes to that many.
    private static final int WARM_UP = 20;
    private static final PrintStream ERRORS = System.err;

    public static void main(String[] arguments) throws Exception {
        boolean signs = arguments[0].equals("Sign");
        int count = Integer.parseInt(arguments[1]);
        // "-" is standard input, as the tool's npm package calls it.
        String[] call = signs
            ? new String[] {"-", "--preserveCounter", arguments[2], arguments[3]}
            : new String[] {"-", arguments[2]};
        List<byte[]> messages = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            messages.add(Files.readAllBytes(Path.of(number + ".in")));
        }
        InputStream in = System.in;
        PrintStream out = System.out;
        for (int time = 0; time < WARM_UP; time++) {
            all(signs, call, messages);
        }
        out.println("ready");
        in.read();
        List<byte[]> done = all(signs, call, messages);
        out.println("done");
        for (int number = 0; number < count; number++) {
            Files.write(Path.of(number + ".out"), done.get(number));
        }
    }

    private static List<byte[]> all(boolean signs, String[] call, List<byte[]> messages) {
        List<byte[]> done = new ArrayList<>(messages.size());
        for (byte[] message : messages) {
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            ByteArrayOutputStream words = new ByteArrayOutputStream();
            System.setIn(new ByteArrayInputStream(message));
            System.setOut(new PrintStream(result));
            System.setErr(new PrintStream(words));
            ResultCode code = signs ? Sign.main_aux(call) : Validate.main_aux(call);
            System.out.flush();
            if (code != ResultCode.SUCCESS) {
                ERRORS.println(code + ": " + words);
                System.exit(1);
            }
            done.add(result.toByteArray());
        }
        return done;
    }
}
