/** Works on several things at the same time, and answers in their order. */
export async function eachOf<From, To>(
  list: readonly From[],
  width: number,
  work: (one: From) => Promise<To>,
): Promise<readonly To[]> {
  const answers = new Array<To>(list.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(width, list.length) }, async () => {
      for (let index = next++; index < list.length; index = next++) answers[index] = await work(list[index] as From);
    }),
  );
  return answers;
}
